using Connect.Grains.Campaigns.Engine;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Campaigns;

/// <summary>
/// One run of counting a list anew after the campaign's text was changed: page by page, beside the campaign's calls. How far it came is saved with what the pages come to, so a run can end
/// anywhere and the next goes on there. Another change of the text meanwhile begins at the first page again.
/// </summary>
/// <param name="key">The campaign.</param>
/// <param name="stored">What is stored of it.</param>
/// <param name="change">Stores a change.</param>
/// <param name="page">Finds a page.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of calls that are repeated.</param>
internal sealed class CampaignRecount(
    CampaignKey key,
    Func<CampaignState> stored,
    Func<Func<CampaignState, CampaignState>, Task> change,
    Func<int, IRecipientPageGrain> page,
    TimeProvider time,
    ILogger logger)
{
    private const int PagesAtOnce = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private bool IsOpen => !IsStopped && stored() is { IsListOpen: true, Recount: not null };

    /// <summary>Ends the run before its next step.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Whether it was told to end.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Counts what is left. Ends early when it is stopped, or the campaign cancelled.</summary>
    public async Task Run()
    {
        while (IsOpen)
        {
            // Taken together: a change of the text begins another count.
            var (state, recount) = (stored(), stored().Recount!);
            var pages = Enumerable.Range(recount.NextPage, Math.Min(PagesAtOnce, state.Pages - recount.NextPage)).ToArray();
            var figures = await Task.WhenAll(pages.Select(at => Repeat(() => page(at).Recount(state.RowsOn(at), recount.Edition, state.Draft!.Text, state.Draft.Fields))));
            if (IsOpen)
                await change(now => EditRules.Counted(now, recount, pages.Length, figures.Aggregate(ImportFigures.Add)));
        }
    }

    // Counting a page may be repeated. A save that failed is not: the next activation goes on from what is stored.
    private async Task<ImportFigures> Repeat(Func<Task<ImportFigures>> call)
    {
        for (var pause = FirstPause; !IsStopped; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call();
            }
            catch (Exception failure)
            {
                logger.LogWarning(failure, "A page of campaign {Campaign} is counted again in {Pause}", key, pause);
            }

            await Task.Delay(pause, time);
        }

        return default;
    }
}
