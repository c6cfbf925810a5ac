using System.Globalization;
using PhoneNumbers;

namespace Connect.Grains.Messaging;

/// <summary>
/// Brings the numbers of mobiles, in any usual form, to E.164. A number is a plain integer here (country code and national number, at most 15 digits), which is exact, small and quick to compare.
/// Refused: what is not a number, what has the wrong length for a mobile of its country, and what the numbering plan knows to be something else than a mobile (a fixed line, a service number).
/// A range that the plan does not know yet is let through: plans grow faster than any table, and a gateway's refusal costs nothing.
/// </summary>
public sealed class MobileNumbers
{
    /// <summary>Longest input that is looked at, in characters.</summary>
    public const int MaxLength = 40;

    private readonly PhoneNumberUtil _plans = PhoneNumberUtil.GetInstance();
    private readonly string _country;

    /// <summary>Reads numbers without a country code as numbers of a country (ISO 3166 code with two letters).</summary>
    public MobileNumbers(string country) => _country = country;

    /// <summary>Whether a country's numbering plan is known.</summary>
    public static bool Knows(string? country) => country is not null && PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(country);

    /// <summary>The number as an integer, or null when it is refused.</summary>
    public ulong? Normalize(string? given)
    {
        if (string.IsNullOrEmpty(given) || given.Length > MaxLength || !LooksDialable(given))
            return null;
        PhoneNumber number;
        try
        {
            number = _plans.Parse(given, _country);
        }
        catch (NumberParseException)
        {
            return null;
        }

        if (number.HasExtension || _plans.IsPossibleNumberForTypeWithReason(number, PhoneNumberType.MOBILE) != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
            return null;
        if (_plans.GetNumberType(number) is not (PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE or PhoneNumberType.UNKNOWN))
            return null;
        return ulong.Parse(_plans.Format(number, PhoneNumberFormat.E164).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>The number in E.164: a plus sign and digits.</summary>
    public static string Format(ulong number) => string.Create(CultureInfo.InvariantCulture, $"+{number}");

    // Letters would be read as the keys of a telephone; in a list of recipients they are a mistake.
    private static bool LooksDialable(string given)
    {
        var digits = 0;
        foreach (var character in given)
        {
            if (char.IsLetter(character))
                return false;
            if (char.IsDigit(character))
                digits++;
        }

        return digits >= 6;
    }
}
