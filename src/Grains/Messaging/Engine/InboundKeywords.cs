using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Connect.Grains.Messaging.Engine;

/// <summary>What a person's message asks for. Pure.</summary>
public static class InboundKeywords
{
    // Longer than any keyword, also with what is taken out of it: what has more letters is another word.
    private const int MaxWord = 20;

    private static readonly FrozenSet<string> Out =
        FrozenSet.ToFrozenSet(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> In = FrozenSet.ToFrozenSet(["START", "UNSTOP", "YES"], StringComparer.Ordinal);

    /// <summary>
    /// Reads the first word of a message without regard to case. Punctuation around it is passed over, and hyphens and apostrophes within it: "Opt-out!" is OPTOUT.
    /// Any other character that is no letter or digit ends it: "stop,thanks" is STOP.
    /// </summary>
    public static InboundKeyword Read(string? text)
    {
        var word = FirstWord(text ?? "");
        return Out.Contains(word) ? new(InboundWish.OptOut, word) : In.Contains(word) ? new(InboundWish.OptIn, word) : new(InboundWish.None, "");
    }

    private static string FirstWord(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
                word.Append(rune.ToString());
            else if (word.Length > 0 && !IsWithinWords(rune))
                break;
            if (word.Length > MaxWord)
                return "";
        }

        // Wide letters of some keyboards are the same letters.
        return word.ToString().Normalize(NormalizationForm.FormKC).ToUpperInvariant();
    }

    private static bool IsWithinWords(Rune rune) =>
        rune.Value is '\'' or '’' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}

/// <summary>What a person wants.</summary>
public enum InboundWish
{
    /// <summary>Nothing that we know.</summary>
    None,

    /// <summary>No more messages.</summary>
    OptOut,

    /// <summary>Messages again.</summary>
    OptIn,
}

/// <summary>What a message asks for.</summary>
/// <param name="Wish">What the person wants.</param>
/// <param name="Word">The keyword that says so, in capitals; empty without a wish.</param>
public readonly record struct InboundKeyword(InboundWish Wish, string Word);
