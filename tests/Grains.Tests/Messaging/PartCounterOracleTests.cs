using System.Globalization;
using System.Text;
using Connect.Grains.Messaging;
using Xunit.Abstractions;

namespace Connect.Grains.Tests.Messaging;

/// <summary>
/// The counter against somebody else's, over a large set of texts. Both agree on the encoding and the units of every text, and on the number of parts but for two differences:
/// <list type="number">
/// <item>An empty text is one part there and none here: there is nothing to send.</item>
/// <item>Where a part ends inside a character of several code points (a letter with combining accents, an emoji of several emoji), the other counter moves all of it to the next part.
/// The standard knows no such characters, and networks cut there. Proof for each such text: with every code point exchanged for a single one of the same size, both agree.</item>
/// </list>
/// PART_COUNTER_SEED plays another seed.
/// </summary>
public sealed class PartCounterOracleTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_text_has_the_encoding_units_and_parts_that_another_counter_finds()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("PART_COUNTER_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var texts = OracleTexts.Of(seed);
        var others = await OtherCounter.Count(texts);
        Assert.Equal(texts.Count, others.Length);

        var differ = new List<string>();
        for (var at = 0; at < texts.Count; at++)
        {
            var count = PartCounter.Count(texts[at], PartRule.Carrier);
            Same((others[at].Unicode, others[at].Units), (count.Unicode, count.Units), texts[at]);
            Same(count.Parts, PartCounter.Parts(texts[at], PartRule.Carrier), texts[at]);
            Same(FlatParts(others[at]), PartCounter.Parts(texts[at], PartRule.Flat), texts[at]);
            if (others[at].Parts != count.Parts)
                differ.Add(texts[at]);
        }

        var empty = differ.RemoveAll(text => text.Length == 0);
        Assert.True(empty > 0);
        var clusters = differ;
        Assert.All(clusters, text => Assert.True(HasCluster(text), Shown(text)));
        var alike = await OtherCounter.Count([.. clusters.Select(WithoutClusters)]);
        for (var at = 0; at < clusters.Count; at++)
            Same(PartCounter.Parts(clusters[at], PartRule.Carrier), alike[at].Parts, clusters[at]);

        var alikeCount = texts.Count - empty - clusters.Count;
        var report = $"Part counter, seed {seed}: {texts.Count:N0} texts compared with sms-segments-calculator; {alikeCount:N0} alike, {empty} empty, "
            + $"{clusters.Count:N0} where it moves a character of several code points whole, alike without those; the flat rule alike in all.";
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("REPORT") is { Length: > 0 } file)
            await File.AppendAllTextAsync(file, report + "\n");
        Assert.True(texts.Count > 80_000);
    }

    // Parts of the flat rule from the encoding and units of the other counter.
    private static int FlatParts(Counted counted)
    {
        var (parts, room) = (0, counted.Unicode ? 70 : 160);
        for (var left = counted.Units; left > 0; left -= room)
            parts++;
        return parts;
    }

    private static bool HasCluster(string text)
    {
        var all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext())
        {
            if (all.GetTextElement() is var element && element != "\r\n" && element.EnumerateRunes().Count() > 1)
                return true;
        }

        return false;
    }

    private static string WithoutClusters(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            plain.Append(rune.IsBmp ? "я" : "😀");
        return plain.ToString();
    }

    private static void Same<T>(T expected, T actual, string text) => Assert.True(Equals(expected, actual), $"{expected} there, {actual} here: {Shown(text)}");

    private static string Shown(string text) => string.Concat(text.Select(unit => unit is >= ' ' and <= '~' ? unit.ToString() : $"\\u{(int)unit:x4}"));
}
