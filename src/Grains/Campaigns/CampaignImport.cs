using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;

namespace Connect.Grains.Campaigns;

/// <summary>An open list of a draft: takes rows in, in order, and puts them on their pages. Holds the numbers so far in memory.</summary>
/// <param name="rules">What becomes of each row.</param>
/// <param name="optOuts">The account's opted-out numbers.</param>
/// <param name="page">Finds a page.</param>
internal sealed class CampaignImport(RecipientImport rules, IOptOutsGrain optOuts, Func<int, IRecipientPageGrain> page)
{
    /// <summary>Goes on with a draft's list: reads the numbers that are on its pages.</summary>
    public static async Task<CampaignImport> Open(CampaignState state, string country, PartRule rule, IOptOutsGrain optOuts, Func<int, IRecipientPageGrain> page)
    {
        var known = new HashSet<ulong>();
        for (var at = 0; at < state.Pages; at++)
            known.UnionWith(await page(at).Numbers(state.RowsOn(at)));
        return new(new(new(country), new(state.Draft!.Text, state.Draft.Fields), rule, known), optOuts, page);
    }

    /// <summary>Stores rows behind the first <paramref name="total"/>, and tells what they come to. They count once the campaign's total includes them.</summary>
    public async Task<ImportFigures> Append(long total, IEnumerable<RecipientInput> recipients)
    {
        var rows = recipients.Select(rules.Add).ToArray();
        await SkipOptedOut(rows);
        await Put(total, ImmutableArray.Create(rows));
        return ImportFigures.Of(rows);
    }

    private async Task SkipOptedOut(ImportedRecipient[] rows)
    {
        var asked = rows.Where(RecipientImport.MayBeOptedOut).Select(row => row.Number).ToImmutableArray();
        if (asked.IsEmpty || await optOuts.Which(asked) is not { IsEmpty: false } found)
            return;
        var optedOut = found.ToHashSet();
        for (var at = 0; at < rows.Length; at++)
        {
            if (RecipientImport.MayBeOptedOut(rows[at]) && optedOut.Contains(rows[at].Number))
                rows[at] = RecipientImport.OptedOut(rows[at]);
        }
    }

    private Task Put(long firstRow, ImmutableArray<ImportedRecipient> rows)
    {
        var puts = new List<Task>();
        for (var done = 0; done < rows.Length;)
        {
            var (at, row) = ((int)((firstRow + done) / PageRules.PageSize), (int)((firstRow + done) % PageRules.PageSize));
            var count = Math.Min(PageRules.PageSize - row, rows.Length - done);
            puts.Add(page(at).Put(row, rows.Slice(done, count)));
            done += count;
        }

        return Task.WhenAll(puts);
    }
}
