using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;

namespace Connect.Grains.Campaigns;

/// <summary>Finds the recipients of some statuses. One call looks at a bounded number of pages, whatever it finds.</summary>
public static class RecipientScan
{
    /// <summary>Most pages that one call looks at.</summary>
    public const int MaxPages = 40;

    private const int PagesAtOnce = 4;

    /// <summary>From a row on, at most <paramref name="limit"/>; of all statuses when none is named.</summary>
    internal static async Task<RecipientsPage> Read(
        CampaignState state, long fromRow, int limit, ImmutableArray<RecipientStatus> statuses, Func<int, IRecipientPageGrain> page)
    {
        var from = Math.Max(0, fromRow);
        var most = Math.Clamp(limit, 1, CampaignRules.MaxRecipientsPerCall);
        var found = ImmutableArray.CreateBuilder<RecipientView>();
        var next = (int)Math.Min(from / PageRules.PageSize, state.Pages);
        var end = Math.Min(state.Pages, next + MaxPages);
        while (next < end && found.Count < most)
        {
            // No more pages than can be needed when every row counts.
            var wanted = statuses.IsDefaultOrEmpty ? 1 + (most - found.Count) / PageRules.PageSize : PagesAtOnce;
            var pages = Enumerable.Range(next, Math.Min(wanted, end - next)).ToArray();
            foreach (var rows in await Task.WhenAll(pages.Select(at => page(at).List(state.RowsOn(at), CampaignRules.Unreached(state), statuses))))
            {
                foreach (var row in rows.Where(row => row.Row >= from))
                {
                    if (found.Count == most)
                        return new() { Recipients = found.ToImmutable(), NextCursor = row.Row };
                    found.Add(row);
                }
            }

            next += pages.Length;
        }

        return new() { Recipients = found.ToImmutable(), NextCursor = next < state.Pages ? (long)next * PageRules.PageSize : null };
    }
}
