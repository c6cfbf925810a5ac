using System.Text;
using System.Text.RegularExpressions;

namespace Connect.Testing;

/// <summary>What Kannel's test carrier was given, read from what it prints. Safe for concurrent use.</summary>
public sealed partial class KannelCarrier
{
    private readonly Lock gate = new();
    private readonly List<CarrierPart> parts = [];

    /// <summary>How many parts have arrived.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return parts.Count;
        }
    }

    /// <summary>The parts as they arrived.</summary>
    public IReadOnlyList<CarrierPart> Parts
    {
        get
        {
            lock (gate)
                return [.. parts];
        }
    }

    /// <summary>The receivers of whole messages, one for each time one arrived: of a long message its first part counts.</summary>
    public IReadOnlyList<string> Receivers => [.. Parts.Where(part => part.Number == 1).Select(part => part.To)];

    /// <summary>The texts for one receiver as a phone puts them together, in the order of their first parts.</summary>
    public IReadOnlyList<string> Texts(string to)
    {
        var texts = new List<string>();
        var mine = Parts.Where(part => part.To == to).ToList();
        foreach (var first in mine.Where(part => part.Number == 1))
        {
            var bytes = mine.Where(part => part.Reference == first.Reference && part.Total == first.Total).DistinctBy(part => part.Number).OrderBy(part => part.Number).SelectMany(part => part.Data);
            texts.Add((first.Unicode ? Encoding.BigEndianUnicode : Encoding.UTF8).GetString([.. bytes]));
        }

        return texts;
    }

    /// <summary>Hears a line that the carrier printed.</summary>
    internal void Hear(string line)
    {
        if (Message().Match(line) is not { Success: true } match)
            return;
        var (from, to, kind, data) = (match.Groups["from"].Value, match.Groups["to"].Value, match.Groups["kind"].Value, match.Groups["data"].Value);
        var part = new CarrierPart(from, to, 1, 1, null, kind == "ucs-2", kind == "text" ? Encoding.UTF8.GetBytes(data) : Decode(data));
        if (kind == "udh")
        {
            var at = data.IndexOf(" data ", StringComparison.Ordinal);
            var header = Decode(data[..at]);
            var text = Decode(data[(at + " data ".Length)..]);
            // 05 00 03, then the reference, how many parts, and which one this is. The header hides the alphabet; its tests use letters that tell.
            part = new(from, to, header[5], header[4], header[3], LooksUnicode(text), text);
        }

        lock (gate)
            parts.Add(part);
    }

    private static bool LooksUnicode(byte[] data) => data.Length % 2 == 0 && data.Where((value, at) => at % 2 == 0).Any(value => value < 10);

    private static byte[] Decode(string data)
    {
        var bytes = new List<byte>(data.Length);
        for (var at = 0; at < data.Length; at++)
        {
            if (data[at] == '%')
            {
                bytes.Add(Convert.FromHexString(data.AsSpan(at + 1, 2))[0]);
                at += 2;
            }
            else
            {
                bytes.AddRange(data[at] == '+' ? " "u8.ToArray() : Encoding.UTF8.GetBytes(data[at].ToString()));
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"Got message \d+: <(?<from>.+?) (?<to>\+?\d+) (?<kind>text|udh|ucs-2|data) (?<data>.*)>$")]
    private static partial Regex Message();
}

/// <summary>A part as the carrier received it.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Number">Which part of its message it is, from 1.</param>
/// <param name="Total">How many parts its message has.</param>
/// <param name="Reference">What joins the parts of one message; null when it has only one.</param>
/// <param name="Unicode">Whether its data is UTF-16, not the GSM alphabet (which Kannel hands on as UTF-8).</param>
/// <param name="Data">What it says.</param>
public sealed record CarrierPart(string From, string To, int Number, int Total, int? Reference, bool Unicode, byte[] Data);
