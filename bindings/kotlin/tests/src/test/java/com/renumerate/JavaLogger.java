package com.renumerate;

import org.slf4j.event.Level;

/** Logger of the README in Java. */
final class JavaLogger {
    private JavaLogger() {}

    static Logger create(org.slf4j.Logger log) {
        Logger logger = line -> log.atLevel(Level.valueOf(line.getLevel().name()))
            .addKeyValue("time", line.getTime())
            .log(line.getMessage());
        return logger;
    }
}
