namespace Connect.Grains.Messaging.Engine;

/// <summary>The numbers that messages come from. Pure.</summary>
public static class SenderNumbers
{
    private const int MinInternational = 7, MaxInternational = 15, MinShort = 3, MaxShort = 8;

    /// <summary>A sender number as it is kept: a plus sign and 7 to 15 digits, or a short code of 3 to 8 digits; neither begins with a zero. Blanks are taken out; null for anything else.</summary>
    public static string? Parse(string? given)
    {
        var text = given?.Replace(" ", "", StringComparison.Ordinal) ?? "";
        var digits = text.StartsWith('+') ? text.AsSpan(1) : text;
        var (least, most) = digits.Length < text.Length ? (MinInternational, MaxInternational) : (MinShort, MaxShort);
        return digits.Length >= least && digits.Length <= most && IsNumber(digits) && digits[0] != '0' ? text : null;
    }

    /// <summary>What identifies a sender number in whatever form a gateway gives it: its digits, without leading zeros; null when it has none, or more than any number has.</summary>
    public static string? Key(string? given)
    {
        var digits = (given ?? "").Replace(" ", "", StringComparison.Ordinal).TrimStart('+').TrimStart('0');
        return digits.Length is > 0 and <= MaxInternational && IsNumber(digits) ? digits : null;
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character))
                return false;
        }

        return true;
    }
}
