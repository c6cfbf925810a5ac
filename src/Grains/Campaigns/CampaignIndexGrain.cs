using System.Collections.Immutable;
using System.Globalization;
using Connect.Campaigns;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>
/// The list of an account's campaigns. Its newest entries are its own state; full hundreds move into <see cref="ICampaignIndexPartGrain"/>s and never change, so that a save stays small
/// however many campaigns there are.
/// </summary>
public sealed class CampaignIndexGrain(
    [PersistentState("campaign-index", "grains")] IPersistentState<CampaignIndexState> state,
    TimeProvider time,
    ILogger<CampaignIndexGrain> logger) : Grain, ICampaignIndexGrain
{
    private const int PartSize = 100;

    // A campaign is noted again only when the first answer was lost, so soon after; an account's thousands of older ones are not looked through for each new one.
    private const int PartsLookedAt = 10;

    private SavedState<CampaignIndexState>? _state;

    private SavedState<CampaignIndexState> State => _state ??= new(state, GrainContext.ActivationId.ToString(), time, logger);

    /// <inheritdoc/>
    public async Task Add(string campaignId)
    {
        var index = State.Value;
        if (index.Newest.Contains(campaignId))
            return;
        var holders = await Task.WhenAll(Enumerable.Range(0, index.Parts).TakeLast(PartsLookedAt).Select(part => Part(part).Contains(campaignId)));
        if (holders.Contains(true))
            return;
        if (index.Newest.Length == PartSize)
        {
            await Part(index.Parts).Set(index.Newest);
            index = index with { Parts = index.Parts + 1, Newest = [] };
        }

        try
        {
            await State.Save(index with { Newest = index.Newest.Add(campaignId) });
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> List(int skip, int limit)
    {
        var index = State.Value;
        var total = index.Parts * PartSize + index.Newest.Length;
        var ids = ImmutableArray.CreateBuilder<string>();
        var part = -1;
        ImmutableArray<string> entries = [];
        for (var at = total - 1 - Math.Max(0, skip); at >= 0 && ids.Count < limit; at--)
        {
            if (at / PartSize != part)
            {
                part = at / PartSize;
                entries = part == index.Parts ? index.Newest : await Part(part).Get();
            }

            ids.Add(entries[at % PartSize]);
        }

        return ids.ToImmutable();
    }

    private ICampaignIndexPartGrain Part(int part) =>
        GrainFactory.GetGrain<ICampaignIndexPartGrain>(string.Create(CultureInfo.InvariantCulture, $"{this.GetPrimaryKeyString()}/{part}"));
}

/// <summary>What the list itself stores.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.index-state")]
public sealed record CampaignIndexState : SavedRecord
{
    /// <summary>Full parts before these.</summary>
    [Id(0)] public int Parts { get; init; }

    /// <summary>The newest campaigns, oldest first.</summary>
    [Id(1)] public ImmutableArray<string> Newest { get; init; } = [];
}
