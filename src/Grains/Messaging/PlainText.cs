using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Connect.Campaigns;

namespace Connect.Grains.Messaging;

/// <summary>
/// The plain spelling of a text: characters outside the GSM alphabet become what is usually written for them within it, and emoji are left out.
/// Characters within the alphabet never change, the places of a <see cref="TextTemplate"/> keep their fields, and no new place comes about.
/// What has no plain spelling, such as a Cyrillic letter, stays.
/// </summary>
public static class PlainText
{
    /// <summary>The text in its plain spelling. The plain spelling of a plain spelling is itself.</summary>
    public static string Of(string text) => Read(text).Text;

    /// <summary>The text in its plain spelling, and what was replaced, in order of appearance.</summary>
    public static PlainSpelling Read(string text)
    {
        var plain = new StringBuilder(text.Length);
        var replaced = new Dictionary<(string Character, string Plain), int>();
        var order = ImmutableArray.CreateBuilder<(string Character, string Plain)>();
        var literal = 0;
        while (literal < text.Length)
        {
            // Braces are within the alphabet, so what stands between two of them stays between them.
            var open = text.IndexOf('{', literal);
            var end = open < 0 ? text.Length : text.AsSpan(open + 1).IndexOfAny('{', '}') is var inside and >= 0 ? open + 1 + inside : text.Length;
            Spell(text[literal..(open < 0 ? text.Length : open)]);
            if (open < 0)
                break;
            var group = text[open..end];
            var closed = end < text.Length && text[end] == '}';
            if (closed && !IsPlace(group) && IsPlace(Spelled(group)))
                plain.Append(group);
            else
                Spell(group);
            literal = end;
        }

        return new(plain.ToString(), order.Select(key => new Replacement { Character = key.Character, Plain = key.Plain, Count = replaced[key] }).ToImmutableArray());

        void Spell(string stretch)
        {
            foreach (var (character, after) in Characters(stretch))
            {
                if (PlainCharacter.Of(character, plain.Length == 0 ? '\0' : plain[^1], after) is not { } spelling || spelling == character)
                {
                    plain.Append(character);
                    continue;
                }

                plain.Append(spelling);
                var key = (character, spelling);
                if (!replaced.TryGetValue(key, out var times))
                    order.Add(key);
                replaced[key] = times + 1;
            }
        }
    }

    private static bool IsPlace(string group) => new TextTemplate(group + "}").Fields.Count > 0;

    private static string Spelled(string group)
    {
        var spelled = new StringBuilder();
        foreach (var (character, after) in Characters(group))
            spelled.Append(PlainCharacter.Of(character, spelled.Length == 0 ? '\0' : spelled[^1], after) ?? character);
        return spelled.ToString();
    }

    // As a reader sees them, each with the unit after it. Half of a surrogate pair is a character of its own.
    private static IEnumerable<(string Character, char After)> Characters(string text)
    {
        var all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext())
        {
            var character = all.GetTextElement();
            var end = all.ElementIndex + character.Length;
            yield return (character, end < text.Length ? text[end] : '\0');
        }
    }
}

/// <summary>A text in its plain spelling.</summary>
/// <param name="Text">The text.</param>
/// <param name="Replacements">What was replaced, in order of appearance.</param>
public readonly record struct PlainSpelling(string Text, ImmutableArray<Replacement> Replacements);
