using System.Globalization;

namespace Connect.Grains.Messaging;

/// <summary>Phone numbers as logs may show them: enough to recognise one that is known, too little to learn one.</summary>
public static class MaskedNumber
{
    private const int Shown = 3;

    /// <summary>A number with all but its last three digits hidden, such as <c>+********678</c>.</summary>
    public static string Of(ulong number) => Of(MobileNumbers.Format(number));

    /// <summary>A number as it was given, in any form: every digit and letter but the last three characters is hidden.</summary>
    public static string Of(string? number)
    {
        if (string.IsNullOrEmpty(number))
            return "";
        var hidden = number.Length <= Shown ? number.Length : number.Length - Shown;
        return string.Create(CultureInfo.InvariantCulture, $"{Hide(number.AsSpan(0, hidden))}{number.AsSpan(hidden)}");
    }

    private static string Hide(ReadOnlySpan<char> text)
    {
        var masked = new char[text.Length];
        for (var at = 0; at < masked.Length; at++)
            masked[at] = char.IsLetterOrDigit(text[at]) ? '*' : text[at];
        return new(masked);
    }
}
