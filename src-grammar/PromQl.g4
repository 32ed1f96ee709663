/*
 * The query language of Prometheus 3.
 *
 * The grammar says what a query may look like; what it may mean (types, arity, "no offset before a range") is checked where the
 * syntax tree is built, since only there an error can name the function and the type. Three things are deliberately loose here
 * and narrowed there: any expression may carry a range, an offset or "@"; a list of arguments may end in a comma; a token of a
 * malformed number, an open string or a stray character is an ordinary token that no rule accepts, so nothing is ever skipped.
 */
grammar PromQl;

// Keywords and the letters of numbers come in any case. Literals below are written in lower case and match both.
options {
  caseInsensitive = true;
}

// Not produced by the lexer. The parser's front retypes a token by its neighbour: FILL* are words only in front of "(", and
// LABELS_PAREN is the "(" after group_left and group_right, which would otherwise be open to two readings for any distance.
tokens {
  FILL,
  FILL_LEFT,
  FILL_RIGHT,
  LABELS_PAREN
}

// Actions and not predicates: a predicate would keep the lexer from remembering its states, and make it ten times slower.
@lexer::members {
  /** Inside of [ ] a colon divides range and step; elsewhere it is a letter of metric names. */
  private boolean inBrackets;

  /** Ends the current token in front of its first colon, or behind it where it comes first. */
  private void endAtColon() {
    int colon = getText().indexOf(':');
    int length = colon == 0 ? 1 : colon;
    setType(colon == 0 ? COLON : IDENTIFIER);
    _input.seek(_tokenStartCharIndex + length);
    setCharPositionInLine(_tokenStartCharPositionInLine + length);
  }
}

query
  : expression EOF
  ;

// From the tightest binding to the loosest. A sign binds like multiplication and looser than a power: -2^2 is -(2^2).
expression
  : expression LEFT_BRACKET range=duration (COLON step=duration?)? RIGHT_BRACKET                        # range
  | expression OFFSET offsetDuration                                                                    # offset
  | expression AT instant                                                                               # at
  | expression modifier=(ANCHORED | SMOOTHED)                                                           # extended
  | <assoc = right> expression op=POW matching expression                                               # binary
  | sign expression                                                                                     # unary
  | expression op=(MUL | DIV | MOD | ATAN2) matching expression                                         # binary
  | expression op=(ADD | SUB) matching expression                                                       # binary
  | expression op=(EQLC | NEQ | GTE | GTR | LTE | LSS | TRIM_UPPER | TRIM_LOWER) matching expression    # binary
  | expression op=(AND | UNLESS) matching expression                                                    # binary
  | expression op=OR matching expression                                                                # binary
  | aggregateOp (grouping arguments | arguments grouping?)                                              # aggregate
  | functionName arguments                                                                              # call
  | LEFT_PAREN expression RIGHT_PAREN                                                                   # paren
  | number                                                                                              # numberLiteral
  | STRING                                                                                              # stringLiteral
  | metricName matchers?                                                                                # selector
  | matchers                                                                                            # selector
  ;

sign
  : ADD
  | SUB
  ;

number
  : NUMBER
  | DURATION
  | INF
  | NAN
  ;

// ---- Binary operators

matching
  : BOOL? (kind=(ON | IGNORING) labels (side=(GROUP_LEFT | GROUP_RIGHT) includedLabels?)?)? fill*
  ;

fill
  : (FILL | FILL_LEFT | FILL_RIGHT) LEFT_PAREN sign? number RIGHT_PAREN
  ;

includedLabels
  : LABELS_PAREN (label (COMMA label)* COMMA?)? RIGHT_PAREN
  ;

// ---- Aggregations and calls

grouping
  : kind=(BY | WITHOUT) labels
  ;

labels
  : LEFT_PAREN (label (COMMA label)* COMMA?)? RIGHT_PAREN
  ;

label
  : labelName
  | METRIC_IDENTIFIER
  | STRING
  ;

arguments
  : LEFT_PAREN (expression (COMMA expression)* trailing=COMMA?)? RIGHT_PAREN
  ;

aggregateOp
  : SUM
  | AVG
  | MIN
  | MAX
  | COUNT
  | GROUP
  | STDDEV
  | STDVAR
  | TOPK
  | BOTTOMK
  | COUNT_VALUES
  | QUANTILE
  | LIMITK
  | LIMIT_RATIO
  ;

functionName
  : IDENTIFIER
  | START
  | END
  ;

// ---- Selectors

matchers
  : LEFT_BRACE (matcher (COMMA matcher)* COMMA?)? RIGHT_BRACE
  ;

matcher
  : name=labelName op=(EQL | NEQ | EQL_REGEX | NEQ_REGEX) value=STRING
  | quotedName=STRING op=(EQL | NEQ | EQL_REGEX | NEQ_REGEX) value=STRING
  | metric=STRING
  ;

// A keyword is a metric's name where it cannot be itself.
metricName
  : IDENTIFIER
  | METRIC_IDENTIFIER
  | aggregateOp
  | AND
  | OR
  | UNLESS
  | BY
  | WITHOUT
  | OFFSET
  | ANCHORED
  | SMOOTHED
  | START
  | END
  ;

labelName
  : IDENTIFIER
  | aggregateOp
  | AND
  | OR
  | UNLESS
  | ATAN2
  | BY
  | WITHOUT
  | ON
  | IGNORING
  | GROUP_LEFT
  | GROUP_RIGHT
  | BOOL
  | OFFSET
  | ANCHORED
  | SMOOTHED
  | START
  | END
  | INF
  | NAN
  ;

// ---- Time

instant
  : sign? number
  | (START | END) LEFT_PAREN RIGHT_PAREN
  ;

// An offset ends with its first literal, so that "x offset 5m + 3" adds 3; inside of brackets arithmetic needs no parentheses.
offsetDuration
  : sign? number
  | sign? durationName LEFT_PAREN (duration (COMMA duration)*)? RIGHT_PAREN
  | sign? LEFT_PAREN duration RIGHT_PAREN
  ;

duration
  : LEFT_PAREN duration RIGHT_PAREN                                     # durationParen
  | durationName LEFT_PAREN (duration (COMMA duration)*)? RIGHT_PAREN   # durationCall
  | number                                                              # durationLiteral
  | <assoc = right> duration op=POW duration                            # durationBinary
  | sign duration                                                       # durationUnary
  | duration op=(MUL | DIV | MOD) duration                              # durationBinary
  | duration op=(ADD | SUB) duration                                    # durationBinary
  ;

durationName
  : IDENTIFIER
  | MIN
  | MAX
  ;

// ---- Tokens

SPACE
  : [ \t\r\n]+ -> skip
  ;

COMMENT
  : '#' ~[\r\n]* -> skip
  ;

LEFT_PAREN
  : '('
  ;

RIGHT_PAREN
  : ')'
  ;

LEFT_BRACE
  : '{'
  ;

RIGHT_BRACE
  : '}'
  ;

LEFT_BRACKET
  : '[' { inBrackets = true; }
  ;

RIGHT_BRACKET
  : ']' { inBrackets = false; }
  ;

COMMA
  : ','
  ;

COLON
  : ':' { if (!inBrackets) setType(METRIC_IDENTIFIER); }
  ;

AT
  : '@'
  ;

ADD
  : '+'
  ;

SUB
  : '-'
  ;

MUL
  : '*'
  ;

DIV
  : '/'
  ;

MOD
  : '%'
  ;

POW
  : '^'
  ;

EQLC
  : '=='
  ;

NEQ
  : '!='
  ;

GTE
  : '>='
  ;

GTR
  : '>'
  ;

LTE
  : '<='
  ;

LSS
  : '<'
  ;

TRIM_UPPER
  : '</'
  ;

TRIM_LOWER
  : '>/'
  ;

EQL
  : '='
  ;

EQL_REGEX
  : '=~'
  ;

NEQ_REGEX
  : '!~'
  ;

AND
  : 'and'
  ;

OR
  : 'or'
  ;

UNLESS
  : 'unless'
  ;

ATAN2
  : 'atan2'
  ;

BOOL
  : 'bool'
  ;

ON
  : 'on'
  ;

IGNORING
  : 'ignoring'
  ;

GROUP_LEFT
  : 'group_left'
  ;

GROUP_RIGHT
  : 'group_right'
  ;

BY
  : 'by'
  ;

WITHOUT
  : 'without'
  ;

OFFSET
  : 'offset'
  ;

ANCHORED
  : 'anchored'
  ;

SMOOTHED
  : 'smoothed'
  ;

START
  : 'start'
  ;

END
  : 'end'
  ;

SUM
  : 'sum'
  ;

AVG
  : 'avg'
  ;

MIN
  : 'min'
  ;

MAX
  : 'max'
  ;

COUNT
  : 'count'
  ;

GROUP
  : 'group'
  ;

STDDEV
  : 'stddev'
  ;

STDVAR
  : 'stdvar'
  ;

TOPK
  : 'topk'
  ;

BOTTOMK
  : 'bottomk'
  ;

COUNT_VALUES
  : 'count_values'
  ;

QUANTILE
  : 'quantile'
  ;

LIMITK
  : 'limitk'
  ;

LIMIT_RATIO
  : 'limit_ratio'
  ;

INF
  : 'inf'
  ;

NAN
  : 'nan'
  ;

NUMBER
  : '0x' '_'? HEX_DIGIT ('_'? HEX_DIGIT)*
  | DIGITS ('.' DIGITS?)? EXPONENT?
  | '.' DIGITS EXPONENT?
  ;

// Units are in lower case only; their order is checked by the parser's front.
DURATION
  options {
    caseInsensitive = false;
  }
  : ([0-9]+ ('ms' | [smhdwy]))+
  ;

MALFORMED_NUMBER
  : '.'? [0-9] [0-9a-z_.]*
  ;

IDENTIFIER
  : [a-z_] [a-z0-9_]*
  ;

METRIC_IDENTIFIER
  : [a-z_:] [a-z0-9_:]* { if (inBrackets) endAtColon(); }
  ;

// Escapes are checked by the parser's front, which can say which one is wrong.
STRING
  : '"' DOUBLE_QUOTED* '"'
  | '\'' SINGLE_QUOTED* '\''
  | '`' ~'`'* '`'
  ;

OPEN_STRING
  : '"' DOUBLE_QUOTED* '\\'?
  | '\'' SINGLE_QUOTED* '\\'?
  | '`' ~'`'*
  ;

STRAY_CHARACTER
  : .
  ;

fragment DOUBLE_QUOTED
  : ~["\\\n]
  | '\\' .
  ;

fragment SINGLE_QUOTED
  : ~['\\\n]
  | '\\' .
  ;

fragment DIGITS
  : [0-9] ('_'? [0-9])*
  ;

fragment EXPONENT
  : 'e' [+-]? DIGITS
  ;

fragment HEX_DIGIT
  : [0-9a-f]
  ;
