using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Campaigns;

/// <summary>
/// One run of a duplicate's copy: pulls the other campaign's rows page by page, and closes the list behind the last. How far it came is saved together with the rows that it brought,
/// so a run can end anywhere and the next goes on there.
/// </summary>
/// <param name="key">The duplicate.</param>
/// <param name="stored">What is stored of it.</param>
/// <param name="source">The campaign that it is made of; that has ended, so its list does not change.</param>
/// <param name="page">Finds a page of that campaign.</param>
/// <param name="append">Adds rows to the duplicate, and notes how many pages are copied.</param>
/// <param name="close">Closes the duplicate's list.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of calls that are repeated.</param>
internal sealed class CampaignCopy(
    CampaignKey key,
    Func<CampaignState> stored,
    ICampaignGrain source,
    Func<int, IRecipientPageGrain> page,
    Func<ImmutableArray<RecipientInput>, int, Task> append,
    Func<Task> close,
    TimeProvider time,
    ILogger logger)
{
    private const int PagesAtOnce = CampaignRules.MaxRecipientsPerCall / PageRules.PageSize;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private bool _isStopped;

    private bool IsOpen => !_isStopped && stored() is { Importing: true, Status: CampaignStatus.Draft };

    /// <summary>Ends the run before its next step.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Copies what is left. Ends early when it is stopped, or the duplicate cancelled.</summary>
    public async Task Run()
    {
        var (text, of, fields) = (stored().Draft!.Text, stored().Draft!.DuplicatedRows, stored().Draft!.Fields);
        if (await Repeat(source.Get) is not { } view)
            return;
        var list = new CampaignState { Total = view.Total };
        for (var next = stored().CopiedPages; next < list.Pages && IsOpen; next += PagesAtOnce)
        {
            var pages = Enumerable.Range(next, Math.Min(PagesAtOnce, list.Pages - next));
            var rows = await Task.WhenAll(pages.Select(at => Repeat(() => page(at).Copied(list.RowsOn(at), text, of, fields))));
            if (IsOpen && rows.Any(some => !some.IsEmpty))
                await append([.. rows.SelectMany(some => some)], Math.Min(list.Pages, next + PagesAtOnce));
        }

        if (IsOpen)
            await close();
    }

    // Reading may be repeated. A save that failed is not: the next activation goes on from what is stored.
    private async Task<T?> Repeat<T>(Func<Task<T>> call)
    {
        for (var pause = FirstPause; !_isStopped; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call();
            }
            catch (Exception failure)
            {
                logger.LogWarning(failure, "A page for the duplicate {Campaign} is read again in {Pause}", key, pause);
            }

            await Task.Delay(pause, time);
        }

        return default;
    }
}
