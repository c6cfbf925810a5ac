using System.Text;

namespace Connect.Api.Webhooks;

/// <summary>
/// A query whose values are bytes: a message that a phone sent comes in the carrier's alphabet, which is named beside it, not always UTF-8.
/// </summary>
internal sealed class GatewayQuery
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>Reads a query as it stands in a URL. What is not well-formed is taken as it is.</summary>
    public GatewayQuery(string? query)
    {
        foreach (var pair in (query ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
                _values[pair[..at]] = Decode(pair.AsSpan(at + 1));
        }
    }

    /// <summary>A value as UTF-8; empty when it is not there.</summary>
    public string Text(string name) => Text(name, Encoding.UTF8);

    /// <summary>A value in the alphabet that another value names, as Kannel calls them: <c>UTF-8</c>, <c>UTF-16BE</c>, <c>8-BIT</c>.</summary>
    public string Text(string name, string charsetName) => Text(name, Text(charsetName) switch
    {
        "UTF-16BE" => Encoding.BigEndianUnicode,
        "8-BIT" or "ISO-8859-1" => Encoding.Latin1,
        _ => Encoding.UTF8,
    });

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes.Add(Convert.FromHexString(text.Slice(at + 1, 2))[0]);
                at += 2;
            }
            else
            {
                bytes.Add(text[at] == '+' ? (byte)' ' : (byte)text[at]);
            }
        }

        return [.. bytes];
    }

    private string Text(string name, Encoding encoding) => _values.TryGetValue(name, out var bytes) ? encoding.GetString(bytes) : "";
}
