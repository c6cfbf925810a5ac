using System.Collections.Immutable;
using System.Globalization;

namespace Connect.Api.Components;

/// <summary>Countries to choose from, by their English names. One whose numbering plan is not known is refused when it is saved.</summary>
internal static class Countries
{
    /// <summary>Code (ISO 3166, two letters) and name, by name.</summary>
    public static readonly ImmutableArray<(string Code, string Name)> All = Read();

    private static ImmutableArray<(string, string)> Read() =>
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Select(culture => new RegionInfo(culture.Name))
            .Select(region => (Code: region.TwoLetterISORegionName, Name: region.EnglishName))
            .Where(country => country.Code.Length == 2 && country.Code.All(char.IsAsciiLetterUpper))
            .DistinctBy(country => country.Code)
            .OrderBy(country => country.Name, StringComparer.Ordinal),
    ];
}
