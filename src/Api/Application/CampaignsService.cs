using System.Collections.Concurrent;
using System.Collections.Immutable;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Application;

/// <summary>Campaigns of an account, and what a text would cost.</summary>
public sealed class CampaignsService(GrainCalls calls)
{
    private readonly ConcurrentDictionary<(string Account, string Campaign), int> _adding = [];

    /// <summary>Most recipients of one campaign.</summary>
    public const int MaxRecipients = 1_000_000;

    /// <summary>Most recipients of one estimate.</summary>
    public const int MaxEstimated = 100_000;

    /// <summary>Largest page of recipients.</summary>
    public const int MaxRecipientsPage = 1_000;

    /// <summary>Largest page of campaigns.</summary>
    public const int MaxPage = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Counts the parts of a text, however long it is; for the counter beside an editor.</summary>
    public Task<PartCount> Count(string text) => GrainCalls.Repeat(() => Messaging.Count(text));

    /// <summary>A text in its plain spelling.</summary>
    public Task<string> Plain(string text) => GrainCalls.Repeat(() => Messaging.Plain(text));

    /// <summary>What the first of some recipients would read, at most <see cref="IMessagingGrain.MaxPreviews"/>.</summary>
    public Task<ImmutableArray<RenderedText>> Preview(string text, ImmutableArray<RecipientInput> recipients) => GrainCalls.Repeat(() => Messaging.Preview(text, recipients));

    /// <summary>What a send would take, and whether it will be covered at its time; now when null.</summary>
    public async Task<Answer<EstimateBody>> Estimate(
        Caller? caller, string accountId, string text, ImmutableArray<RecipientInput> recipients, DateTimeOffset? scheduledAt = null)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        if (recipients.Length > MaxEstimated)
            return TooManyEstimated();
        var count = await Count(text);
        if (count.Parts == 0)
            return Refuse.Validation("text", "The text is empty.");
        if (count.TooLong)
            return Refuse.MessageTooLong(count.Parts, count.Units);

        return await Body(caller, accountId, await GrainCalls.Repeat(() => Messaging.EstimateFor(accountId, text, recipients)), scheduledAt);
    }

    /// <summary>What sending a campaign that has not started would take, and whether it will be covered at its time.</summary>
    public async Task<Answer<EstimateBody>> EstimateDraft(Caller? caller, string accountId, string campaignId)
    {
        var campaign = await Get(caller, accountId, campaignId);
        if (campaign.Problem is { } problem)
            return problem;
        return await GrainCalls.Repeat(Campaign(accountId, campaignId).Estimate) is { } estimate
            ? await Body(caller, accountId, estimate, campaign.Value.ScheduledAt, campaignId)
            : CampaignOutcome.AlreadyStarted.Problem()!;
    }

    private async Task<EstimateBody> Body(Caller? caller, string accountId, EstimateView estimate, DateTimeOffset? scheduledAt, string? campaignId = null)
    {
        var coverage = await GrainCalls.Repeat(() => calls.Grains.GetGrain<ICoverageGrain>(accountId).OfCampaign(campaignId, estimate.Credits, scheduledAt));
        var count = estimate.Text;
        var mayKnow = Access.Refusal(caller, accountId, Need.ReadCredits) is null;
        return new EstimateBody
        {
            Recipients = estimate.Recipients,
            Skipped = estimate.Skipped,
            Credits = estimate.Credits,
            Parts = count.Parts,
            Unicode = count.Unicode,
            Units = count.Units,
            UnitsLeft = count.UnitsLeft,
            UnicodeCharacters = count.UnicodeCharacters,
            Replacements = count.Replacements,
            PlainParts = count.PlainParts,
            ScheduledAt = scheduledAt,
            Covered = coverage.Covered,
            Available = mayKnow ? coverage.Available : null,
            AvailableThen = mayKnow ? coverage.AvailableThen : null,
            PromisedBefore = mayKnow ? coverage.PromisedBefore : null,
            Shortfall = mayKnow ? coverage.Shortfall : null,
            Buy = mayKnow ? coverage.Buy : null,
        };
    }

    /// <summary>
    /// Makes a draft and adds its recipients in the order given, in slices, as they come. Repeating it with the same id and content is harmless, and goes on where it broke off.
    /// When the list turns out to be unreadable, or not one of its rows is readable, nothing can be sent: there is no draft, or it is cancelled. So it is when the list breaks off, if
    /// <paramref name="abandon"/> says that nobody can come back for it; otherwise the draft stays open.
    /// </summary>
    public async Task<Answer<CampaignView>> Create(
        Caller? caller,
        string accountId,
        string campaignId,
        string name,
        string text,
        DateTimeOffset? scheduledAt,
        IAsyncEnumerable<Answer<RecipientInput>> recipients,
        IProgress<long>? progress = null,
        bool abandon = false)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        await using var list = new RecipientSlices(recipients);
        await list.Next();
        if ((list.Problem ?? list.Unreadable()) is { } noList)
            return noList;
        var draft = new CampaignDraft { Name = name, Text = text, ScheduledAt = scheduledAt, Actor = caller!.UserId };
        var campaign = Campaign(accountId, campaignId);
        if ((await GrainCalls.Repeat(() => campaign.Create(draft))).Problem() is { } problem)
            return problem;
        var known = (await GrainCalls.Repeat(campaign.Get))!;
        if ((!known.Importing || known.Counting) && known.Status != CampaignStatus.Canceled)
            return known;
        _adding.AddOrUpdate((accountId, campaignId), 1, (_, lists) => lists + 1);
        try
        {
            if (await Add(campaign, list, progress) is { } unreadable)
            {
                await campaign.Cancel(caller.UserId);
                return unreadable;
            }
        }
        catch when (abandon)
        {
            await campaign.Cancel(caller.UserId);
            throw;
        }
        finally
        {
            if (_adding.AddOrUpdate((accountId, campaignId), 0, (_, lists) => lists - 1) == 0)
                _adding.TryRemove(new((accountId, campaignId), 0));
        }
        return (await GrainCalls.Repeat(campaign.Get))!;
    }

    /// <summary>Whether this host is adding recipients to a campaign just now; another one may.</summary>
    public bool IsAdding(string accountId, string campaignId) => _adding.ContainsKey((accountId, campaignId));

    /// <summary>A list is longer than that of an estimate may be.</summary>
    internal static Problem TooManyEstimated() => Refuse.Validation("recipients", $"One estimate takes at most {MaxEstimated} recipients.");

    /// <summary>A list is longer than a campaign's may be.</summary>
    internal static Problem TooManyRecipients() => Refuse.Validation("recipients", $"A campaign has at most {MaxRecipients} recipients.");

    /// <summary>The campaigns, newest first.</summary>
    public async Task<Answer<CampaignsPage>> List(Caller? caller, string accountId, int after, int limit)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCampaigns) is { } refusal)
            return refusal;
        if (after < 0)
            return Refuse.Validation("after", "'after' is the nextCursor of the page before; it is never negative.");
        if (limit is < 1 or > MaxPage)
            return Refuse.Validation("limit", $"'limit' is 1 to {MaxPage}.");
        var ids = await GrainCalls.Repeat(() => calls.Grains.GetGrain<ICampaignIndexGrain>(accountId).List(after, limit));
        var campaigns = await Task.WhenAll(ids.Select(id => GrainCalls.Repeat(Campaign(accountId, id).Get)));
        return new CampaignsPage([.. campaigns.OfType<CampaignView>()], ids.Length == limit ? after + limit : null);
    }

    /// <summary>One campaign.</summary>
    public async Task<Answer<CampaignView>> Get(Caller? caller, string accountId, string campaignId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCampaigns) is { } refusal)
            return refusal;
        return Names.IsId(campaignId) && await GrainCalls.Repeat(Campaign(accountId, campaignId).Get) is { } view ? view : Refuse.NotFound("campaign");
    }

    /// <summary>Recipients from a row on, with what became of each; only those of some statuses, if any are named. Few or none may come with a cursor to go on: a call looks at so many rows only.</summary>
    public async Task<Answer<RecipientsPage>> Recipients(
        Caller? caller, string accountId, string campaignId, long after, int limit, ImmutableArray<RecipientStatus> statuses = default)
    {
        if (after < 0)
            return Refuse.Validation("after", "'after' is the nextCursor of the page before; it is never negative.");
        if (limit is < 1 or > MaxRecipientsPage)
            return Refuse.Validation("limit", $"'limit' is 1 to {MaxRecipientsPage}.");
        if ((await Get(caller, accountId, campaignId)).Problem is { } problem)
            return problem;
        return await GrainCalls.Repeat(() => Campaign(accountId, campaignId).Recipients(after, limit, statuses));
    }

    /// <summary>All recipients of some statuses (of every status when none is named), slice by slice, of a campaign that the caller was shown.</summary>
    public async IAsyncEnumerable<ImmutableArray<RecipientView>> AllRecipients(string accountId, CampaignView campaign, ImmutableArray<RecipientStatus> statuses)
    {
        for (long? from = 0; from is { } row;)
        {
            var page = await GrainCalls.Repeat(() => Campaign(accountId, campaign.Id).Recipients(row, MaxRecipientsPage, statuses));
            yield return page.Recipients;
            from = page.NextCursor;
        }
    }

    /// <summary>
    /// Changes a campaign that is not sending yet. Another text has all rows counted anew: the answer waits for that for some seconds, and shows a campaign that is still counting after that.
    /// </summary>
    public async Task<Answer<CampaignView>> Edit(Caller? caller, string accountId, string campaignId, CampaignChanges changes)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        if (!Names.IsId(campaignId))
            return Refuse.NotFound("campaign");
        var campaign = Campaign(accountId, campaignId);
        var edit = new EditCampaign { Name = changes.Name, Text = changes.Text, ScheduledAt = changes.ScheduledAt, ClearSchedule = changes.ClearSchedule, Actor = caller!.UserId };
        var outcome = await GrainCalls.Repeat(() => campaign.Edit(edit));
        if (outcome is CampaignOutcome.AlreadyStarted or CampaignOutcome.StillImporting)
            return outcome.ProblemOfEdit();
        return outcome.Problem() is { } problem ? problem : await WhileOpen(campaign, view => view.Counting);
    }

    /// <summary>Starts the send, now or at the draft's time.</summary>
    public Task<Answer<CampaignView>> Send(Caller? caller, string accountId, string campaignId) =>
        Change(caller, accountId, campaignId, campaign => campaign.Send(caller!.UserId));

    /// <summary>Ends a draft or scheduled campaign, or stops a sending one.</summary>
    public Task<Answer<CampaignView>> Cancel(Caller? caller, string accountId, string campaignId) =>
        Change(caller, accountId, campaignId, campaign => campaign.Cancel(caller!.UserId));

    /// <summary>
    /// A new draft of some of a campaign's recipients, in their order. Its rows are copied behind it: the answer waits for them for some seconds, and shows a draft that is still importing after that.
    /// </summary>
    public async Task<Answer<CampaignView>> Duplicate(Caller? caller, string accountId, string campaignId, string newCampaignId, DuplicateOf of = DuplicateOf.Remaining)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        var known = await Get(caller, accountId, campaignId);
        if (known.Problem is { } problem)
            return problem;
        var ended = known.Value.EndedAt is not null;
        if (ended && Count(known.Value, of) == 0)
            return Refuse.Conflict("nothing-to-duplicate", "This campaign has no such recipients.");
        if (!ended || await GrainCalls.Repeat(() => Campaign(accountId, campaignId).Duplicate(newCampaignId, of, caller!.UserId)) is null)
            return Refuse.Conflict("campaign-not-ended", "Only a campaign that has ended can be duplicated.");
        return await WhileOpen(Campaign(accountId, newCampaignId), view => view.Importing);
    }

    // Most lists are done in a moment, and whoever asked would only ask again.
    private static async Task<CampaignView> WhileOpen(ICampaignGrain campaign, Func<CampaignView, bool> goesOn)
    {
        var started = TimeProvider.System.GetTimestamp();
        var view = (await GrainCalls.Repeat(campaign.Get))!;
        while (goesOn(view) && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Pause, TimeProvider.System);
            view = (await GrainCalls.Repeat(campaign.Get))!;
        }
        return view;
    }

    private static long Count(CampaignView campaign, DuplicateOf of) => of switch
    {
        DuplicateOf.Remaining => campaign.Remaining,
        DuplicateOf.Failed => campaign.Failed,
        DuplicateOf.Unknown => campaign.Unknown,
        _ => campaign.Total,
    };

    private IMessagingGrain Messaging => calls.Grains.GetGrain<IMessagingGrain>(0);

    private ICampaignGrain Campaign(string accountId, string campaignId) => calls.Grains.GetGrain<ICampaignGrain>($"{accountId}/{campaignId}");

    private async Task<Answer<CampaignView>> Change(Caller? caller, string accountId, string campaignId, Func<ICampaignGrain, Task<CampaignOutcome>> change)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        if (!Names.IsId(campaignId))
            return Refuse.NotFound("campaign");
        var campaign = Campaign(accountId, campaignId);
        if ((await GrainCalls.Repeat(() => change(campaign))).Problem() is { } problem)
            return problem;
        return (await GrainCalls.Repeat(campaign.Get))!;
    }

    // The next slice is read while one is being added.
    private static async Task<Problem?> Add(ICampaignGrain campaign, RecipientSlices list, IProgress<long>? progress)
    {
        var adding = Task.FromResult<Problem?>(null);
        long rows = 0;
        try
        {
            for (; list.Problem is null && !list.Slice.IsEmpty; await list.Next())
            {
                if (await adding is { } refused)
                    return refused;
                if (rows + list.Slice.Length > MaxRecipients)
                    return TooManyRecipients();
                adding = Slice(rows, list.Slice);
                rows += list.Slice.Length;
            }
            if ((await adding ?? list.Problem ?? list.Unreadable()) is { } problem)
                return problem;
        }
        finally
        {
            await ((Task)adding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return (await GrainCalls.Repeat(() => campaign.CloseImport(rows))).Problem();

        async Task<Problem?> Slice(long first, ImmutableArray<RecipientInput> slice)
        {
            var outcome = await GrainCalls.Repeat(() => campaign.AddRecipients(first, slice));
            progress?.Report(first + slice.Length);
            return outcome.Problem();
        }
    }
}

/// <summary>What is to be different about a campaign; null stays as it is.</summary>
/// <param name="Name">Another name.</param>
/// <param name="Text">Another text.</param>
/// <param name="ScheduledAt">Another time.</param>
/// <param name="ClearSchedule">It has no time any more.</param>
public sealed record CampaignChanges(string? Name, string? Text, DateTimeOffset? ScheduledAt, bool ClearSchedule);

/// <summary>A page of campaigns, newest first.</summary>
/// <param name="Campaigns">The campaigns.</param>
/// <param name="NextCursor">Pass as <c>after</c> to go on; null at the end.</param>
public sealed record CampaignsPage(ImmutableArray<CampaignView> Campaigns, int? NextCursor);
