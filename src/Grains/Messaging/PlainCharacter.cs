using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Connect.Grains.Messaging;

/// <summary>
/// The plain spelling of one character, by a short table of what people write for it, and else by Unicode: its composed form, its compatibility decomposition (ﬁ, ½, ＡＢＣ) without combining marks,
/// and its category (spaces, dashes, digits, invisible characters, pictures).
/// </summary>
internal static class PlainCharacter
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private static readonly FrozenDictionary<int, string> Table = Read(
        ("'", "‘’‚‛′‵‹›ʹʻʼʽˈ`´＇❛❜"), ("\"", "“”„‟″‶«»ʺˮ¨〝〞＂❝❞"), ("-", "−⁃•‣◦▪▫■□●○◆◇►▸▶·∙‧¯‑"), ("/", "÷⁄∕"), ("x", "×"), ("*", "∗★☆✱✲✳"),
        (",", "¸、，"), (".", "。"), ("+", "➕"), ("<-", "←⇐"), ("->", "→⇒➔➜"), ("+/-", "±"), ("<=", "≤"), (">=", "≥"), ("!=", "≠"), ("~", "≈∼˜"), ("|", "¦"), ("(", "｛"), (")", "｝"),
        ("(C)", "©"), ("(R)", "®"), ("TM", "™"), ("c", "¢"), ("Rs", "₹"), ("deg", "°"), ("u", "µ"), ("oe", "œ"), ("OE", "Œ"), ("SS", "ẞ"),
        ("l", "ł"), ("L", "Ł"), ("d", "đð"), ("D", "ĐÐ"), ("h", "ħ"), ("H", "Ħ"), ("t", "ŧ"), ("T", "Ŧ"), ("th", "þ"), ("TH", "Þ"), ("i", "ı"), ("k", "ĸ"), ("n", "ŋ"), ("N", "Ŋ"));

    /// <summary>
    /// The plain spelling of a character as a reader sees it (a text element); empty when it is left out, null when it has none.
    /// <paramref name="before"/> is what the plain text ends with and <paramref name="after"/> what follows, '\0' for nothing: digits that were not part of a number stay apart
    /// from the number before them (1½ is 1 1/2, 10² is 10^2), and so do words and numbers between which a picture stood.
    /// </summary>
    public static string? Of(string character, char before, char after)
    {
        if (IsGsm(character))
            return character;
        if (IsBroken(character))
            return "";
        var composed = character.Normalize(NormalizationForm.FormC);
        var plain = IsGsm(composed) ? composed : Spell(composed);
        var kind = Rune.GetUnicodeCategory(Rune.GetRuneAt(composed, 0));
        if (plain is "")
            return kind == UnicodeCategory.OtherSymbol && char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) ? " " : "";
        if (plain is null || kind == UnicodeCategory.DecimalDigitNumber || !char.IsAsciiDigit(plain[0]) || !char.IsAsciiDigit(before))
            return plain;
        return (Superscripts.Contains(composed[0]) ? "^" : " ") + plain;
    }

    private static string? Spell(string composed)
    {
        var plain = new StringBuilder();
        var readable = false;
        foreach (var rune in composed.EnumerateRunes())
        {
            if (IsMark(rune))
                continue;
            if (Spell(rune) is not { } spelling)
                return null;
            readable |= spelling.Length > 0;
            plain.Append(spelling);
        }

        return readable ? plain.ToString() : "";
    }

    private static string? Spell(Rune rune)
    {
        if (rune.IsBmp && GsmAlphabet.Septets((char)rune.Value) > 0)
            return rune.ToString();
        if (Table.TryGetValue(rune.Value, out var written))
            return written;
        if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber)
            return ((int)Rune.GetNumericValue(rune)).ToString(CultureInfo.InvariantCulture);
        var text = rune.ToString();
        var pieces = text.Normalize(NormalizationForm.FormKD);
        if (pieces != text && Spell(pieces) is { } spelled)
            return spelled;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.SpaceSeparator => " ",
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "\n",
            UnicodeCategory.Control => rune.Value == '\t' ? " " : "",
            UnicodeCategory.DashPunctuation => "-",
            UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol => "",
            // Pictures that are newer than the tables of this platform.
            UnicodeCategory.OtherNotAssigned when rune.Value is >= 0x1f000 and <= 0x1fbff => "",
            _ => null,
        };
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsGsm(string character)
    {
        foreach (var unit in character)
        {
            if (GsmAlphabet.Septets(unit) == 0)
                return false;
        }

        return true;
    }

    // Half a surrogate pair, or one of the code points that are no characters: nobody reads it.
    private static bool IsBroken(string character)
    {
        foreach (var rune in character.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || (rune.Value & 0xfffe) == 0xfffe || rune.Value is >= 0xfdd0 and <= 0xfdef)
                return true;
        }

        return false;
    }

    private static FrozenDictionary<int, string> Read(params ReadOnlySpan<(string Plain, string Characters)> rows)
    {
        var table = new Dictionary<int, string>();
        foreach (var (plain, characters) in rows)
        {
            foreach (var rune in characters.EnumerateRunes())
                table.Add(rune.Value, plain);
        }

        return table.ToFrozenDictionary();
    }
}
