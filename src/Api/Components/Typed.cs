using System.Globalization;

namespace Connect.Api.Components;

/// <summary>Numbers as people type them: with spaces, with commas between thousands, or not numbers at all.</summary>
internal static class Typed
{
    /// <summary>A whole number of credits, or null with the sentence that says what is wrong.</summary>
    public static (long? Credits, string? Error) Credits(string? text)
    {
        var digits = Bare(text);
        if (digits.Length == 0)
            return (null, "Enter a number of credits.");
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var credits))
            return (null, digits.All(char.IsAsciiDigit) ? "That is more than can be bought at once." : "Enter a whole number, such as 1,000.");
        return credits < 1 ? (null, "Enter 1 or more.") : (credits, null);
    }

    /// <summary>Money in minor units; null without an error when nothing was typed.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="emptyMeans">What it means to type nothing.</param>
    public static (long? Cents, string? Error) Money(string? text, string emptyMeans = "no cap")
    {
        var bare = Bare(text).Replace("A$", "", StringComparison.OrdinalIgnoreCase).Replace("$", "", StringComparison.Ordinal);
        if (bare.Length == 0)
            return (null, null);
        if (!decimal.TryParse(bare, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            || amount > 10_000_000 || decimal.Round(amount, 2) != amount)
            return (null, $"Enter an amount such as 200 or 49.50, or leave it empty for {emptyMeans}.");
        return amount <= 0 ? (null, $"Enter an amount above zero, or leave it empty for {emptyMeans}.") : ((long)(amount * 100), null);
    }

    private static string Bare(string? text) => string.Concat((text ?? "").Where(character => !char.IsWhiteSpace(character) && character != ','));
}
