using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>One campaign: its draft, its send and its figures. The recipients live in its pages.</summary>
public sealed class CampaignGrain : Grain, ICampaignGrain, IRemindable
{
    private const string Reminder = "send";

    // The shortest period there is: how long a send rests at most after its silo died.
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    // A reminder that is due before it was set up comes a whole period late.
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);

    private readonly CampaignKey _key;
    private readonly SavedState<CampaignState> _state;
    private readonly MobileNumbers _numbers;
    private readonly MessagingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CampaignGrain> _logger;
    private readonly CampaignPreflight _preflight;
    private RecipientImport? _import;
    private CampaignSend? _send;
    private Task _lastChange = Task.CompletedTask;
    private IGrainTimer? _keepAlive;

    /// <summary>Made by Orleans.</summary>
    public CampaignGrain(
        [PersistentState("campaign", "grains")] IPersistentState<CampaignState> state,
        MobileNumbers numbers,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<CampaignGrain> logger)
    {
        _key = CampaignKey.Parse(this.GetPrimaryKeyString());
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_numbers, _options, _time, _logger) = (numbers, options.Value, time, logger);
        _preflight = new(_key, () => State, Change, CreditsNeeded, GrainFactory, time, logger);
    }

    private CampaignState State => _state.Value;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        StartSend();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _send?.Stop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> Create(CampaignDraft draft)
    {
        var outcome = CampaignRules.Create(_key.CampaignId, State, draft, _time.GetUtcNow(), _options.PartRule);
        if (outcome != CampaignOutcome.Done)
            return outcome;
        if (State.Draft is null)
            await Change(state => state with { Draft = draft, CreatedAt = _time.GetUtcNow(), Importing = true });
        if (!State.Indexed)
        {
            await GrainFactory.GetGrain<ICampaignIndexGrain>(_key.AccountId).Add(_key.CampaignId);
            await Change(state => state with { Indexed = true });
        }

        return CampaignOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> AddRecipients(long firstRow, ImmutableArray<RecipientInput> recipients)
    {
        recipients = recipients.IsDefault ? [] : recipients;
        var outcome = CampaignRules.AddRecipients(State, firstRow, recipients);
        var known = State.Total - firstRow;
        if (outcome != CampaignOutcome.Done || known >= recipients.Length)
            return outcome;
        _import ??= await OpenImport();
        var rows = recipients.Skip((int)known).Select(_import.Add).ToImmutableArray();
        try
        {
            await Put(State.Total, rows);
        }
        catch
        {
            // It holds numbers of rows that may not be stored.
            _import = null;
            throw;
        }

        var skipped = rows.Count(row => row.Status != RecipientStatus.Pending);
        await Change(state => state with { Total = state.Total + rows.Length, SkippedAtImport = state.SkippedAtImport + skipped });
        return CampaignOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> CloseImport(long rows)
    {
        var outcome = CampaignRules.CloseImport(State, rows);
        if (outcome == CampaignOutcome.Done && State.Importing)
            await Change(state => state with { Importing = false });
        return outcome;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> Send(string actor)
    {
        var outcome = CampaignRules.Send(State);
        if (outcome != CampaignOutcome.Done)
            return outcome;
        var wait = State.Draft!.ScheduledAt - _time.GetUtcNow();
        var scheduled = wait > TimeSpan.Zero;
        // Before the state says that it sends, so that no crash can leave a send that nothing wakes.
        await Wake(scheduled ? Preflight.UntilNext(State.Draft.ScheduledAt!.Value, _time.GetUtcNow()) : ReminderPeriod);
        await Change(state => state with { Status = scheduled ? CampaignStatus.Scheduled : CampaignStatus.Sending, StartedBy = CampaignRules.Starter(actor) });
        _import = null;
        if (scheduled && !await _preflight.Check())
            await Wake(ReminderPeriod);
        StartSend();
        return CampaignOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> Cancel(string actor)
    {
        var outcome = CampaignRules.Cancel(State);
        if (outcome != CampaignOutcome.Done)
            return outcome;
        if (State.Status == CampaignStatus.Sending)
        {
            await Change(state => state.HasEnded ? state : state with { CancelRequested = true });
            _send?.Wake();
            return CampaignOutcome.Done;
        }

        await Change(state => state with { Status = CampaignStatus.Canceled, CancelRequested = true, EndedAt = _time.GetUtcNow() });
        _import = null;
        await RemoveReminder();
        await _preflight.Over();
        return CampaignOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<CampaignView?> Get()
    {
        if (State.Draft is null)
            return null;
        // Before the figures of the pages, which it is part of.
        var delivery = State.DebitFrontier == 0 ? default : await GrainFactory.GetGrain<ICampaignDeliveryGrain>(_key.ToString()).Get();
        var state = State;
        var figures = _send is { } send ? await send.Figures() : state.Settled;
        return CampaignRules.View(_key.CampaignId, state, figures, delivery) with { WaitingForGatewaySince = _send?.WaitingSince };
    }

    /// <inheritdoc/>
    public async Task<EstimateView?> Estimate()
    {
        if (State.Draft is not { } draft || State.Status is not (CampaignStatus.Draft or CampaignStatus.Scheduled))
            return null;
        var messaging = GrainFactory.GetGrain<IMessagingGrain>(0);
        var (recipients, credits) = (0, 0L);
        for (var page = 0; page < State.Pages; page++)
        {
            var estimate = await messaging.Estimate(draft.Text, await Page(page).Copied(State.RowsOn(page), draft.Text, DuplicateOf.Remaining));
            recipients += estimate.Recipients;
            credits += estimate.Credits;
        }

        return new() { Recipients = recipients, Skipped = (int)(State.Total - recipients), Credits = credits, Text = await messaging.Count(draft.Text) };
    }

    /// <inheritdoc/>
    public async Task<RecipientsPage> Recipients(long fromRow, int limit, ImmutableArray<RecipientStatus> statuses = default)
    {
        var state = State;
        var from = Math.Max(0, fromRow);
        var to = Math.Min(state.Total, from + Math.Clamp(limit, 1, CampaignRules.MaxRecipientsPerCall));
        var recipients = ImmutableArray.CreateBuilder<RecipientView>();
        for (var page = (int)(from / PageRules.PageSize); (long)page * PageRules.PageSize < to; page++)
        {
            var rows = await Page(page).List(state.RowsOn(page), CampaignRules.Unreached(state));
            recipients.AddRange(rows.Where(row => row.Row >= from && row.Row < to && (statuses.IsDefaultOrEmpty || statuses.Contains(row.Status))));
        }

        return new() { Recipients = recipients.ToImmutable(), NextCursor = to < state.Total ? to : null };
    }

    /// <inheritdoc/>
    public async Task<CampaignView?> Duplicate(string newCampaignId, DuplicateOf of, string actor)
    {
        if (!State.HasEnded || newCampaignId == _key.CampaignId)
            return null;
        var copy = GrainFactory.GetGrain<ICampaignGrain>(new CampaignKey(_key.AccountId, newCampaignId).ToString());
        if (await copy.Create(CopyRules.Draft(_key.CampaignId, State.Draft!, of, actor)) != CampaignOutcome.Done)
            return null;
        long row = 0;
        for (var page = 0; page < State.Pages; page++)
        {
            var rows = await Page(page).Copied(State.RowsOn(page), State.Draft!.Text, of);
            if (rows.IsEmpty)
                continue;
            // A copy that is no longer a draft was complete before it was sent.
            if (await copy.AddRecipients(row, rows) != CampaignOutcome.Done)
                break;
            row += rows.Length;
        }

        await copy.CloseImport(row);
        return await copy.Get();
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (State.Status == CampaignStatus.Scheduled)
            await LookAhead();
        StartSend();
        if (State.Status is not (CampaignStatus.Scheduled or CampaignStatus.Sending))
            await RemoveReminder();
    }

    private async Task LookAhead()
    {
        var done = await _preflight.Check();
        // What could not be done is tried again with the next tick; the start waits for nothing.
        var wait = Preflight.UntilNext(State.Draft!.ScheduledAt!.Value, _time.GetUtcNow());
        if (wait == TimeSpan.Zero)
            await Change(state => state with { Status = CampaignStatus.Sending });
        else if (done)
            await Wake(wait);
    }

    private Task<IGrainReminder> Wake(TimeSpan after) => this.RegisterOrUpdateReminder(Reminder, after < LeastWait ? LeastWait : after, ReminderPeriod);

    private async Task<long> CreditsNeeded() => (await Get())!.CreditsNeeded is > 0 and var counted ? counted : (await Estimate())?.Credits ?? 0;

    private IRecipientPageGrain Page(int page) => GrainFactory.GetGrain<IRecipientPageGrain>(_key.Page(page));

    private async Task<RecipientImport> OpenImport()
    {
        var known = new HashSet<ulong>();
        for (var page = 0; page < State.Pages; page++)
            known.UnionWith(await Page(page).Numbers(State.RowsOn(page)));
        return new(_numbers, new(State.Draft!.Text), known);
    }

    private Task Put(long firstRow, ImmutableArray<ImportedRecipient> rows)
    {
        var puts = new List<Task>();
        for (var done = 0; done < rows.Length;)
        {
            var (page, at) = ((int)((firstRow + done) / PageRules.PageSize), (int)((firstRow + done) % PageRules.PageSize));
            var count = Math.Min(PageRules.PageSize - at, rows.Length - done);
            puts.Add(Page(page).Put(at, rows.Slice(done, count)));
            done += count;
        }

        return Task.WhenAll(puts);
    }

    // The send runs beside the grain's calls, on its scheduler; calls and send save one after the other.
    private void StartSend()
    {
        if (State.Status != CampaignStatus.Sending || _send is not null)
            return;
        _send = new(_key, () => State, Change, GrainFactory, _options, _time, _logger);
        _keepAlive = this.RegisterGrainTimer(() => Task.CompletedTask, new() { DueTime = ReminderPeriod, Period = ReminderPeriod, KeepAlive = true, Interleave = true });
        _ = Run(_send);
    }

    private async Task Run(CampaignSend send)
    {
        try
        {
            await send.Run();
            await _preflight.Over();
            await RemoveReminder();
        }
        catch (OperationCanceledException) when (send.IsStopped)
        {
            // This activation ends; the reminder starts the send elsewhere.
        }
        catch (Exception failure)
        {
            // The reminder, or the next call, starts it again from what is stored.
            _logger.LogError(failure, "The send of campaign {Campaign} was interrupted", _key);
            DeactivateOnIdle();
        }

        _keepAlive?.Dispose();
        if (State.HasEnded)
            _send = null;
    }

    private async Task RemoveReminder()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    // One after the other. Once a save has failed none follows: the next activation reads what is stored.
    private Task Change(Func<CampaignState, CampaignState> change) => _lastChange = ChangeAfter(_lastChange, change);

    private async Task ChangeAfter(Task before, Func<CampaignState, CampaignState> change)
    {
        try
        {
            await before;
            await _state.Save(change(State));
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
