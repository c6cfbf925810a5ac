using System.Collections.Immutable;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Campaigns;

/// <summary>
/// What was reported about the messages of one page since it was activated, and what the campaign's figures were told of it. They are told early that they will be told: if this process dies
/// between saving a report and telling, they ask.
/// </summary>
/// <param name="page">The page.</param>
/// <param name="totals">Finds the campaign's figures.</param>
/// <param name="logger">Hears when they could not be told.</param>
internal sealed class PageReports(int page, Func<ICampaignDeliveryGrain> totals, ILogger logger)
{
    private Task? _opening;
    private PageDelivery _told;

    /// <summary>A <see cref="DeliveryState"/> for each row; null when nothing was reported.</summary>
    public byte[]? Rows { get; private set; }

    /// <summary>Whether the campaign's figures know for certain that this page may be ahead of them.</summary>
    public bool IsOpen => _opening is { IsCompletedSuccessfully: true };

    /// <summary>Whether they know it, or may: they are being told. Who asks meanwhile must not take the page for one that tells nothing.</summary>
    public bool MayBeOpen => _opening is not (null or { IsFaulted: true } or { IsCanceled: true });

    /// <summary>Whether anything is left to do for these reports: something is not stored, or not told.</summary>
    public bool Concern(PageProgress progress, ImmutableArray<RowReport> reports)
    {
        var known = false;
        foreach (var (row, state) in reports)
        {
            if (!PageRules.IsReportable(progress, row))
                continue;
            if (state > Mark.Delivery(progress.Marks[row]))
                return true;
            known = true;
        }

        return known && PageRules.Delivery(progress.Marks) != _told;
    }

    /// <summary>Announces changes to the campaign's figures; needed before the first is saved.</summary>
    public Task Open()
    {
        if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
            _opening = totals().Open(page);
        return _opening;
    }

    /// <summary>Takes reports in; what is saved from now on has them.</summary>
    public void Add(PageProgress progress, ImmutableArray<RowReport> reports)
    {
        Rows ??= new byte[PageRules.PageSize];
        foreach (var (row, state) in reports)
        {
            if (PageRules.IsReportable(progress, row) && state > (DeliveryState)Rows[row])
                Rows[row] = (byte)state;
        }
    }

    /// <summary>Tells the campaign's figures what is stored.</summary>
    public async Task Tell(PageProgress stored)
    {
        var delivery = PageRules.Delivery(stored.Marks);
        if (delivery == _told)
            return;
        await totals().Tell(page, delivery);
        _told = PageDelivery.Newest(_told, delivery);
    }

    /// <summary>The same, without waiting; what is missed is told with the next change, or asked for.</summary>
    public async void TellLater(PageProgress stored)
    {
        try
        {
            await Tell(stored);
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "The delivery figures of page {Page} are not told yet", page);
        }
    }

    /// <summary>The page goes to sleep: nothing will change until it announces itself again.</summary>
    public async Task Close(PageProgress stored)
    {
        if (!IsOpen)
            return;
        try
        {
            await totals().Close(page, PageRules.Delivery(stored.Marks));
        }
        catch (Exception failure)
        {
            logger.LogDebug(failure, "The delivery figures of page {Page} will be asked for", page);
        }
    }
}
