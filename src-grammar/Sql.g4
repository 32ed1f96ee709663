/*
 * Chronicle's SQL: SELECT over series, SHOW, EXPLAIN and DELETE.
 *
 * Names. A plain name is a letter or underscore, then letters, digits and underscores; parts are joined by a dot or by colons,
 * without spaces: http.requests and job:errors:rate5m need no quotes. Anything else, and every reserved word, is written in
 * double quotes ("http-requests", "order"; "" inside stands for one quote). A column in quotes is a tag or a field and never one of
 * the built-in columns: time is when a point was measured, "time" is a tag of that name.
 *
 * Reserved are only the words after which a name could not be told from the next clause: see nonReserved for the others.
 *
 * Every character of the text ends up in a token: what no rule knows becomes UNRECOGNIZED, and the rules with MALFORMED and
 * UNTERMINATED exist so that the message can say what is wrong. The parser refuses all of them before it predicts anything.
 *
 * The rules are LL(1) on purpose: one token decides, so that time is linear, and what was expected at an error is exact. Operators
 * are loops and not left recursion, which keeps the stack as shallow as the parentheses of the text.
 */
grammar Sql;

options {
  caseInsensitive = true;
}

@lexer::members {
  /** The last token that is neither space nor comment: it tells a regular expression from a division. */
  private int previous = Token.EOF;

  @Override
  public void emit(Token token) {
    previous = token.getType();
    super.emit(token);
  }

  @Override
  public void reset() {
    previous = Token.EOF;
    super.reset();
  }

  private boolean regexMayFollow() {
    return previous == FROM || previous == COMMA || previous == MATCH || previous == NOT_MATCH;
  }
}

statement
  : (select | show | explain | delete) SEMICOLON? EOF
  ;

select
  : SELECT selectItem (COMMA selectItem)* FROM sources where? groupBy? having? fill? orderBy? limit? offset?
  ;

selectItem
  : STAR
  | expression (AS alias)?
  ;

alias
  : identifier
  | TIME
  ;

sources
  : source (COMMA source)*
  ;

source
  : identifier
  | REGEX
  ;

where
  : WHERE expression
  ;

groupBy
  : GROUP BY groupItem (COMMA groupItem)*
  ;

groupItem
  : timeBucket
  | identifier
  | STAR
  ;

timeBucket
  : TIME LPAREN width=DURATION (COMMA (zone=STRING | sign? offsetBy=DURATION (COMMA zone=STRING)?))? RPAREN
  ;

having
  : HAVING expression
  ;

fill
  : FILL LPAREN (NULL | NONE | PREVIOUS | LINEAR | sign? NUMBER) RPAREN
  ;

orderBy
  : ORDER BY orderItem (COMMA orderItem)*
  ;

orderItem
  : expression (ASC | DESC)?
  ;

limit
  : LIMIT rowCount
  ;

offset
  : OFFSET rowCount
  ;

rowCount
  : NUMBER
  | parameter
  ;

show
  : SHOW (METRICS | SERIES | TAG (KEYS | VALUES)) (FROM sources)? withKey? where? limit? offset?
  ;

withKey
  : WITH KEY (EQ identifier | IN LPAREN identifier (COMMA identifier)* RPAREN)
  ;

explain
  : EXPLAIN ANALYZE? select
  ;

delete
  : DELETE FROM identifier where?
  ;

expression
  : conjunction (OR conjunction)*
  ;

conjunction
  : negation (AND negation)*
  ;

negation
  : NOT* predicate
  ;

predicate
  : sum predicateTail?
  ;

predicateTail
  : comparator sum
  | (MATCH | NOT_MATCH) pattern
  | IS NOT? NULL
  | NOT? (inList | between | like)
  ;

comparator
  : EQ
  | NE
  | LT
  | LE
  | GT
  | GE
  ;

inList
  : IN LPAREN sum (COMMA sum)* RPAREN
  ;

between
  : BETWEEN sum AND sum
  ;

like
  : LIKE likePattern
  ;

likePattern
  : STRING
  | parameter
  ;

pattern
  : STRING
  | REGEX
  | parameter
  ;

sum
  : product ((PLUS | MINUS) product)*
  ;

product
  : signed ((STAR | SLASH | PERCENT) signed)*
  ;

signed
  : sign* primary
  ;

sign
  : PLUS
  | MINUS
  ;

primary
  : NULL
  | NUMBER
  | DURATION
  | STRING
  | parameter
  | TIME
  | identifier arguments?
  | LPAREN expression RPAREN
  ;

arguments
  : LPAREN (STAR | expression (COMMA expression)*)? RPAREN
  ;

parameter
  : QUESTION
  | NAMED_PARAMETER
  ;

identifier
  : IDENTIFIER
  | QUOTED_IDENTIFIER
  | nonReserved
  ;

// TIME is not among them: alone it is the built-in column, with parentheses the bucket of GROUP BY.
nonReserved
  : ANALYZE
  | ASC
  | DELETE
  | DESC
  | EXPLAIN
  | FILL
  | KEY
  | KEYS
  | LINEAR
  | METRICS
  | NONE
  | OFFSET
  | PREVIOUS
  | SERIES
  | SHOW
  | TAG
  | VALUES
  | WITH
  ;

ANALYZE: 'ANALYZE';
AND: 'AND';
AS: 'AS';
ASC: 'ASC';
BETWEEN: 'BETWEEN';
BY: 'BY';
DELETE: 'DELETE';
DESC: 'DESC';
EXPLAIN: 'EXPLAIN';
FILL: 'FILL';
FROM: 'FROM';
GROUP: 'GROUP';
HAVING: 'HAVING';
IN: 'IN';
IS: 'IS';
KEY: 'KEY';
KEYS: 'KEYS';
LIKE: 'LIKE';
LIMIT: 'LIMIT';
LINEAR: 'LINEAR';
METRICS: 'METRICS';
NONE: 'NONE';
NOT: 'NOT';
NULL: 'NULL';
OFFSET: 'OFFSET';
OR: 'OR';
ORDER: 'ORDER';
PREVIOUS: 'PREVIOUS';
SELECT: 'SELECT';
SERIES: 'SERIES';
SHOW: 'SHOW';
TAG: 'TAG';
TIME: 'TIME';
VALUES: 'VALUES';
WHERE: 'WHERE';
WITH: 'WITH';

EQ: '=';
NE: '!=' | '<>';
LT: '<';
LE: '<=';
GT: '>';
GE: '>=';
MATCH: '=~';
NOT_MATCH: '!~';
PLUS: '+';
MINUS: '-';
STAR: '*';
SLASH: '/';
PERCENT: '%';
LPAREN: '(';
RPAREN: ')';
COMMA: ',';
SEMICOLON: ';';
QUESTION: '?';

NAMED_PARAMETER: ':' NAME_START NAME_PART*;

IDENTIFIER: NAME_START NAME_PART* (('.' | ':'+) NAME_PART+)*;

QUOTED_IDENTIFIER: '"' (~'"' | '""')* '"';

STRING: '\'' (~'\'' | '\'\'')* '\'';

// A slash inside is written \/. An empty one is not offered, and one that starts with a star is a comment.
REGEX: '/' {regexMayFollow()}? (~[/\\*\r\n] | '\\' ~[\r\n]) (~[/\\\r\n] | '\\' ~[\r\n])* '/';

NUMBER: (DIGIT+ ('.' DIGIT+)? | '.' DIGIT+) ('E' [+-]? DIGIT+)?;

DURATION: (DIGIT+ UNIT)+;

MALFORMED_NUMBER: '.'? DIGIT (NAME_PART | '.')*;

LINE_COMMENT: '--' ~[\r\n]* -> skip;

COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'+ '/' -> skip;

SPACE: [ \t\r\n]+ -> skip;

UNTERMINATED_STRING: '\'' (~'\'' | '\'\'')*;

UNTERMINATED_IDENTIFIER: '"' (~'"' | '""')*;

UNTERMINATED_COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'*;

UNRECOGNIZED: .;

fragment NAME_START: [\p{L}_];

fragment NAME_PART: [\p{L}\p{M}\p{Nd}_];

fragment DIGIT: [0-9];

// Lower case only: 1M is a month to some tools and a minute to others. \u00b5 is the micro sign, \u03bc the Greek letter.
fragment UNIT options { caseInsensitive = false; }: 'ns' | 'us' | '\u00b5s' | '\u03bcs' | 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'y';
