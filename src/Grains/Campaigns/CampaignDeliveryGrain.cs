using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>
/// Adds up what pages tell. The only writes that matter are those that say which pages are open, and calls that wait at one moment share one. An activation begins by asking the pages that
/// were open when the last one ended.
/// </summary>
[Reentrant, CollectionAgeLimit(Minutes = 10)]
public sealed class CampaignDeliveryGrain : Grain, ICampaignDeliveryGrain
{
    private const int AskAtOnce = 32;

    private readonly CampaignKey _campaign;
    private readonly SavedState<CampaignDeliveryState> _state;
    private readonly Turns _saves = new();
    private DeliveryTotals _totals = new([], []);
    private Task _asking = Task.CompletedTask;
    private long _opened;
    private long _openedSaved;
    private bool _changed;
    private bool _failed;

    /// <summary>Made by Orleans.</summary>
    public CampaignDeliveryGrain(
        [PersistentState("campaign-delivery", "grains")] IPersistentState<CampaignDeliveryState> state,
        TimeProvider time,
        ILogger<CampaignDeliveryGrain> logger)
    {
        _campaign = CampaignKey.Parse(this.GetPrimaryKeyString());
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _totals = new(_state.Value.Pages, _state.Value.Open);
        _asking = Ask();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Only spares the next activation its questions.
        if (_changed && !_failed && _asking.IsCompletedSuccessfully)
            await Save(long.MaxValue);
    }

    /// <inheritdoc/>
    public Task Open(int page)
    {
        if (_totals.Open(page))
            _opened++;
        return Save(_opened);
    }

    /// <inheritdoc/>
    public Task Tell(int page, PageDelivery delivery)
    {
        _changed |= _totals.Set(page, delivery);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Close(int page, PageDelivery delivery)
    {
        _totals.Set(page, delivery);
        _changed |= _totals.Close(page);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<PageDelivery> Get()
    {
        if (_asking is { IsCompleted: true, IsCompletedSuccessfully: false })
            _asking = Ask();
        await _asking;
        return _totals.Sum;
    }

    private async Task Ask()
    {
        foreach (var pages in _totals.OpenPages().Chunk(AskAtOnce))
        {
            await Task.WhenAll(pages.Select(async page =>
            {
                var answer = await GrainFactory.GetGrain<IRecipientPageGrain>(_campaign.Page(page)).Delivery();
                _changed |= _totals.Set(page, answer.Delivery);
                if (!answer.IsOpen)
                    _changed |= _totals.Close(page);
            }));
        }
    }

    // Whoever comes first saves for all that wait.
    private Task Save(long opened) => _saves.Take(async () =>
    {
        if (_openedSaved >= opened)
            return;
        if (_failed)
            throw new InvalidOperationException("An earlier write failed; the next activation knows what is stored.");
        try
        {
            var saving = _opened;
            _changed = false;
            await _state.Save(_totals.State());
            _openedSaved = saving;
        }
        catch
        {
            _failed = true;
            DeactivateOnIdle();
            throw;
        }
    });
}
