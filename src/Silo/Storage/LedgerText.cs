using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;

namespace Connect.Silo.Storage;

/// <summary>How parts of a ledger entry are written in a row: short, and readable by a person with a database console.</summary>
internal static class LedgerText
{
    private static readonly JsonSerializerOptions DetailOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly string[] KindNames = [.. Enum.GetNames<EntryKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static readonly Dictionary<string, EntryKind> Kinds = Enum.GetValues<EntryKind>().ToDictionary(kind => KindNames[(int)kind], StringComparer.Ordinal);

    /// <summary>The kind as a word, such as <c>auto_top_up_set</c>.</summary>
    public static string Kind(EntryKind kind) => KindNames[(int)kind];

    /// <summary>The kind a word stands for. Throws for a word that a later version wrote.</summary>
    public static EntryKind ParseKind(string name) =>
        Kinds.TryGetValue(name, out var kind) ? kind : throw new InvalidDataException($"The ledger holds an entry of the kind '{name}', which this version does not know.");

    /// <summary>The draws as <c>batch:credits</c>, separated by spaces; empty for none.</summary>
    public static string Draws(ImmutableArray<Draw> draws)
    {
        if (draws.IsDefaultOrEmpty)
            return "";
        if (draws.Length > 64)
            return string.Join(' ', draws.Select(draw => string.Create(CultureInfo.InvariantCulture, $"{draw.BatchId}:{draw.Credits}")));
        Span<char> text = stackalloc char[64 * 41];
        var length = 0;
        foreach (var draw in draws)
        {
            if (length > 0)
                text[length++] = ' ';
            draw.BatchId.TryFormat(text[length..], out var written, provider: CultureInfo.InvariantCulture);
            length += written;
            text[length++] = ':';
            draw.Credits.TryFormat(text[length..], out written, provider: CultureInfo.InvariantCulture);
            length += written;
        }

        return new string(text[..length]);
    }

    /// <summary>The draws that a text stands for.</summary>
    public static ImmutableArray<Draw> ParseDraws(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return [];
        var draws = ImmutableArray.CreateBuilder<Draw>();
        foreach (var part in text.Split(' '))
        {
            var draw = text[part];
            var colon = draw.IndexOf(':');
            draws.Add(new Draw(long.Parse(draw[..colon], CultureInfo.InvariantCulture), long.Parse(draw[(colon + 1)..], CultureInfo.InvariantCulture)));
        }

        return draws.ToImmutable();
    }

    /// <summary>The detail as JSON with absent members left out; null for none.</summary>
    public static string? Detail(EntryDetail? detail) => detail is null ? null : JsonSerializer.Serialize(detail, DetailOptions);

    /// <summary>The detail that a JSON text stands for.</summary>
    public static EntryDetail? ParseDetail(string? json) => json is null ? null : JsonSerializer.Deserialize<EntryDetail>(json, DetailOptions);
}
