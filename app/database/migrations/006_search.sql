-- Up Migration
-- The search in what people write about themselves. English and Russian words are found in all their forms; none is
-- too common to count, since "IT" is a skill. Small letters are made by ICU: the locale of the server may know ASCII
-- alone.
CREATE TEXT SEARCH DICTIONARY english_words (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH DICTIONARY russian_words (TEMPLATE = snowball, LANGUAGE = russian);
CREATE TEXT SEARCH CONFIGURATION people (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION people
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart WITH english_words;
ALTER TEXT SEARCH CONFIGURATION people
  ALTER MAPPING FOR word, hword, hword_part WITH russian_words;

CREATE FUNCTION people_document(name text, about text, skills text[], city text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN to_tsvector('people', lower(
    concat_ws(', ', name, about, array_to_string(skills, ', '), city) COLLATE "und-x-icu"));

-- What people look for: every word may be the beginning of one. "a b" needs both, quotes a phrase, "a or b" one of
-- them, "-a" none.
CREATE FUNCTION people_query(words text) RETURNS tsquery
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN regexp_replace(
    websearch_to_tsquery('people', lower(words COLLATE "und-x-icu"))::text,
    '''(''''|[^''])*''', '\&:*', 'g')::tsquery;

CREATE FUNCTION city_code(city text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(md5(lower(city COLLATE "und-x-icu")), 8);

ALTER TABLE users
  ADD COLUMN document     tsvector GENERATED ALWAYS AS (people_document(name, about, skills, city)) STORED,
  ADD COLUMN city_code    text GENERATED ALWAYS AS (city_code(city)) STORED,
  ADD COLUMN search_text  text CHECK (char_length(search_text) <= 100); -- what the person looked for last
CREATE INDEX users_document ON users USING gin (document) WHERE is_searching AND deleted_at IS NULL;
CREATE INDEX users_city ON users (city_code) WHERE is_searching AND deleted_at IS NULL;

-- Down Migration
ALTER TABLE users DROP COLUMN document, DROP COLUMN city_code, DROP COLUMN search_text;
DROP FUNCTION people_document, people_query, city_code;
DROP TEXT SEARCH CONFIGURATION people;
DROP TEXT SEARCH DICTIONARY english_words, russian_words;
