package io.headgate.policy.report;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Outcomes in the XML that JUnit's Ant task began and that build servers read.
 *
 * @param suites the suites, in order
 */
public record TestSuites(List<Suite> suites) {
    public TestSuites {
        suites = List.copyOf(suites);
    }

    /** Cases that belong together. */
    public record Suite(String name, List<Case> cases) {
        public Suite {
            cases = List.copyOf(cases);
        }

        private long failures() {
            return cases.stream().filter(one -> one.failure().isPresent()).count();
        }
    }

    /**
     * One thing that was tested.
     *
     * @param failure why it failed, if it did
     * @param output what else there is to say
     */
    public record Case(String name, Optional<Failure> failure, Optional<String> output) {}

    /**
     * Why a case failed.
     *
     * @param type kind of failure
     * @param message the failure in a line
     * @param detail the whole of it
     */
    public record Failure(String type, String message, String detail) {}

    /** Writes the document. */
    public void write(PrintWriter out) {
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            newLine(xml, 0);
            xml.writeStartElement("testsuites");
            for (Suite suite : suites) {
                write(suite, xml);
            }
            newLine(xml, 0);
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.flush();
            out.println();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a writer in memory does not fail", e);
        }
    }

    private static void write(Suite suite, XMLStreamWriter xml) throws XMLStreamException {
        newLine(xml, 1);
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", legal(suite.name()));
        xml.writeAttribute("tests", String.valueOf(suite.cases().size()));
        xml.writeAttribute("failures", String.valueOf(suite.failures()));
        xml.writeAttribute("errors", "0");
        for (Case one : suite.cases()) {
            write(suite, one, xml);
        }
        newLine(xml, 1);
        xml.writeEndElement();
    }

    private static void write(Suite suite, Case one, XMLStreamWriter xml) throws XMLStreamException {
        newLine(xml, 2);
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", legal(suite.name()));
        xml.writeAttribute("name", legal(one.name()));
        if (one.failure().isPresent()) {
            Failure failure = one.failure().get();
            newLine(xml, 3);
            xml.writeStartElement("failure");
            xml.writeAttribute("type", legal(failure.type()));
            xml.writeAttribute("message", legal(failure.message()));
            xml.writeCharacters(legal(failure.detail()));
            xml.writeEndElement();
        }
        if (one.output().isPresent()) {
            newLine(xml, 3);
            xml.writeStartElement("system-out");
            xml.writeCharacters(legal(one.output().get()));
            xml.writeEndElement();
        }
        newLine(xml, 2);
        xml.writeEndElement();
    }

    private static void newLine(XMLStreamWriter xml, int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    /** XML 1.0 cannot say some characters at all, not even escaped. */
    private static String legal(String text) {
        return text.codePoints()
                .map(point -> point < ' ' && point != '\n' && point != '\t' ? '?' : point)
                .map(point -> point == 0xfffe || point == 0xffff || isSurrogate(point) ? '?' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
