using System.Collections.Immutable;
using System.Text;
using Connect.Campaigns;

namespace Connect.Grains.Messaging;

/// <summary>Counts the parts of a text. One part costs one credit.</summary>
public static class PartCounter
{
    /// <summary>Most parts that one message may have; a longer one is refused before anything is charged.</summary>
    public const int MaxParts = 3;

    /// <summary>Counts a text and says why.</summary>
    public static PartCount Count(string text, PartRule rule)
    {
        var septets = Septets(text);
        var unicode = septets < 0;
        var units = unicode ? text.Length : septets;
        var (parts, left) = Cut(text, rule, unicode, units);
        if (!unicode)
            return new() { Parts = parts, Unicode = false, Units = units, UnitsLeft = left, UnicodeCharacters = [], PlainParts = parts };
        var plain = PlainText.Read(text);
        return new()
        {
            Parts = parts, Unicode = true, Units = units, UnitsLeft = left, UnicodeCharacters = Outside(text), Replacements = plain.Replacements, PlainParts = Parts(plain.Text, rule),
        };
    }

    /// <summary>The number of parts only: 0 for an empty text. Allocates nothing.</summary>
    public static int Parts(ReadOnlySpan<char> text, PartRule rule)
    {
        var septets = Septets(text);
        return septets < 0 ? Cut(text, rule, true, text.Length).Parts : Cut(text, rule, false, septets).Parts;
    }

    // -1 when a character is outside the alphabet.
    private static int Septets(ReadOnlySpan<char> text)
    {
        var sum = 0;
        foreach (var character in text)
        {
            var septets = GsmAlphabet.Septets(character);
            if (septets == 0)
                return -1;
            sum += septets;
        }

        return sum;
    }

    private static (int Parts, int UnitsLeft) Cut(ReadOnlySpan<char> text, PartRule rule, bool unicode, int units)
    {
        var alone = unicode ? 70 : 160;
        if (units <= alone)
            return (units == 0 ? 0 : 1, alone - units);
        if (rule == PartRule.Flat)
        {
            var parts = (units + alone - 1) / alone;
            return (parts, parts * alone - units);
        }

        return Join(text, unicode, unicode ? 67 : 153);
    }

    // A pair (escape and character, or two surrogates) that does not fit moves to the next part whole, so the unit before it stays empty.
    private static (int Parts, int UnitsLeft) Join(ReadOnlySpan<char> text, bool unicode, int capacity)
    {
        var parts = 1;
        var left = capacity;
        for (var at = 0; at < text.Length; at++)
        {
            int size;
            if (!unicode)
                size = GsmAlphabet.Septets(text[at]);
            else if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
                (size, at) = (2, at + 1);
            else
                size = 1;
            if (size > left)
                (parts, left) = (parts + 1, capacity);
            left -= size;
        }

        return (parts, left);
    }

    // Half of a surrogate pair is named by the replacement character: alone it has no name.
    private static ImmutableArray<string> Outside(string text)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var rune in text.EnumerateRunes())
        {
            var name = rune.ToString();
            if ((!rune.IsBmp || GsmAlphabet.Septets((char)rune.Value) == 0) && !found.Contains(name))
                found.Add(name);
        }

        return found.ToImmutable();
    }
}
