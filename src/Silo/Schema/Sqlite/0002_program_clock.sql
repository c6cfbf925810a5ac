-- How far the program's clock is ahead of real time: 0, unless the sandbox's movable clock was moved.
CREATE TABLE program_clock
(
    one_row        INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (one_row = 1),
    offset_seconds REAL    NOT NULL CHECK (offset_seconds >= 0)
) STRICT;

INSERT INTO program_clock (offset_seconds) VALUES (0);
