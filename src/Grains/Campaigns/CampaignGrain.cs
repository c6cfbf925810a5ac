using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>One campaign: its draft, its send and its figures. The recipients live in its pages.</summary>
public sealed class CampaignGrain : Grain, ICampaignGrain, IRemindable
{
    private const string Reminder = "send";
    private const string CopyReminder = "copy";
    private const string RecountReminder = "recount";

    // The shortest period there is: how long a send rests at most after its silo died.
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    // A reminder that is due before it was set up comes a whole period late.
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);

    private readonly CampaignKey _key;
    private readonly SavedState<CampaignState> _state;
    private readonly MessagingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CampaignGrain> _logger;
    private readonly CampaignPreflight _preflight;
    private CampaignImport? _import;
    private CampaignCopy? _copy;
    private CampaignRecount? _recount;
    private CampaignSend? _send;
    private Task _lastChange = Task.CompletedTask;
    private IGrainTimer? _keepAlive;

    /// <summary>Made by Orleans.</summary>
    public CampaignGrain(
        [PersistentState("campaign", "grains")] IPersistentState<CampaignState> state,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<CampaignGrain> logger)
    {
        _key = CampaignKey.Parse(this.GetPrimaryKeyString());
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_options, _time, _logger) = (options.Value, time, logger);
        _preflight = new(_key, () => State, Change, () => State.Imported?.Credits ?? 0, GrainFactory, time, logger);
    }

    private CampaignState State => _state.Value;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State is { Draft: not null, Imported: null })
            await CountImported();
        StartCopy();
        StartRecount();
        StartSend();
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _copy?.Stop();
        _recount?.Stop();
        _send?.Stop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> Create(CampaignDraft draft)
    {
        var outcome = CampaignRules.Create(_key.CampaignId, State, draft, _time.GetUtcNow(), _options.PartRule);
        if (outcome != CampaignOutcome.Done)
            return outcome;
        // Before the state says that rows are copied, so that no crash can leave a copy that nothing wakes.
        if (State.Draft is null && draft.DuplicateOf is not null)
            await this.RegisterOrUpdateReminder(CopyReminder, ReminderPeriod, ReminderPeriod);
        if (State.Draft is null)
            await Change(state => state with { Draft = draft, CreatedAt = _time.GetUtcNow(), Importing = true, Imported = default(ImportFigures) });
        if (!State.Indexed)
        {
            await GrainFactory.GetGrain<ICampaignIndexGrain>(_key.AccountId).Add(_key.CampaignId);
            await Change(state => state with { Indexed = true });
        }

        StartCopy();
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
        await Append(recipients[(int)known..], copiedPages: 0);
        return CampaignOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> CloseImport(long rows)
    {
        var outcome = CampaignRules.CloseImport(State, rows);
        if (outcome == CampaignOutcome.Done && State.Importing)
            await Close();
        return outcome;
    }

    /// <inheritdoc/>
    public async Task<CampaignOutcome> Edit(EditCampaign edit)
    {
        var outcome = EditRules.Edit(State, edit, _time.GetUtcNow(), _options.PartRule);
        if (outcome != CampaignOutcome.Done)
            return outcome;
        var (before, next) = (State, EditRules.Edited(State, edit));
        if (ReferenceEquals(next, before))
            return CampaignOutcome.Done;
        // Before the state says so, so that no crash can leave what nothing wakes; a tick that finds nothing new only sets the next one.
        if (next.Recount != before.Recount)
            await this.RegisterOrUpdateReminder(RecountReminder, ReminderPeriod, ReminderPeriod);
        if (next.Status == CampaignStatus.Scheduled)
            await Wake(LeastWait);
        await Change(state => EditRules.Edited(state, edit));
        _logger.LogInformation("Campaign {Campaign} was changed by {Actor}", _key, CampaignRules.Starter(edit.Actor));
        // It holds the text.
        _import = null;
        StartRecount();
        if (before.Status == CampaignStatus.Scheduled && State.Status == CampaignStatus.Draft)
        {
            await Rest();
        }
        else if (State is { Status: CampaignStatus.Scheduled, Recount: null })
        {
            await _preflight.Check();
        }

        return CampaignOutcome.Done;
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
        await Rest();
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
        var text = await GrainFactory.GetGrain<IMessagingGrain>(0).Count(draft.Text);
        var (skipped, credits) = (State.SkippedAtImport, State.Imported!.Value.Credits);
        return new() { Recipients = (int)(State.Total - skipped), Skipped = (int)skipped, Credits = credits, Text = text };
    }

    /// <inheritdoc/>
    public Task<RecipientsPage> Recipients(long fromRow, int limit, ImmutableArray<RecipientStatus> statuses = default) =>
        RecipientScan.Read(State, fromRow, limit, statuses, Page);

    /// <inheritdoc/>
    public async Task<CampaignView?> Duplicate(string newCampaignId, DuplicateOf of, string actor)
    {
        if (!State.HasEnded || newCampaignId == _key.CampaignId)
            return null;
        var copy = GrainFactory.GetGrain<ICampaignGrain>(new CampaignKey(_key.AccountId, newCampaignId).ToString());
        if (await copy.Create(CopyRules.Draft(_key.CampaignId, State.Draft!, of, actor)) != CampaignOutcome.Done)
            return null;
        return await copy.Get();
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (reminderName == CopyReminder)
        {
            StartCopy();
            if (State is not { Importing: true, Status: CampaignStatus.Draft })
                await RemoveReminder(CopyReminder);
            return;
        }

        if (reminderName == RecountReminder)
        {
            StartRecount();
            if (_recount is null)
                await RemoveReminder(RecountReminder);
            return;
        }

        // What is not counted yet is not looked at, and does not start: the tick comes again every minute, and when it is.
        if (State is { Status: CampaignStatus.Scheduled, Recount: null })
            await LookAhead();
        StartSend();
        if (State.Status is not (CampaignStatus.Scheduled or CampaignStatus.Sending))
            await Rest();
    }

    // The campaign waits for nothing and sends nothing any more. The reminder goes last of what must be done: the next tick does what a crash or a failure left.
    private async Task Rest()
    {
        if (await _preflight.Over())
            await RemoveReminder(Reminder);
        await _preflight.TakesNoMore();
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

    private IRecipientPageGrain Page(int page) => GrainFactory.GetGrain<IRecipientPageGrain>(_key.Page(page));

    // The caller makes sure that one call at a time adds rows: the grain's own queue, or the only run of a copy.
    private async Task Append(ImmutableArray<RecipientInput> recipients, int copiedPages)
    {
        var country = State.Country ?? (await GrainFactory.GetGrain<IMessagingSettingsGrain>(_key.AccountId).Get()).Country;
        _import ??= await CampaignImport.Open(State, country, _options.PartRule, GrainFactory.GetGrain<IOptOutsGrain>(_key.AccountId), Page);
        try
        {
            var total = State.Total;
            var figures = await _import.Append(total, recipients);
            await Change(state => state with
            {
                Total = total + recipients.Length,
                SkippedAtImport = state.SkippedAtImport + figures.Skipped,
                Imported = state.Imported!.Value + figures,
                Country = country,
                CopiedPages = copiedPages,
            });
        }
        catch
        {
            // It holds numbers of rows that may not be stored.
            _import = null;
            throw;
        }
    }

    private async Task Close()
    {
        await Change(state => state with { Importing = false });
        _import = null;
    }

    // Once, for a list that an earlier version imported.
    private async Task CountImported()
    {
        var sum = default(ImportFigures);
        for (var page = 0; page < State.Pages; page++)
            sum += await Page(page).Imported(State.RowsOn(page), State.Draft!.Text);
        await Change(state => state with { Imported = sum });
    }

    // Runs beside the grain's calls, on its scheduler.
    private void StartCopy()
    {
        if (State is not { Importing: true, Status: CampaignStatus.Draft, Draft.DuplicateOf: { } original } || _copy is not null)
            return;
        var source = _key with { CampaignId = original };
        _copy = new(
            _key,
            () => State,
            GrainFactory.GetGrain<ICampaignGrain>(source.ToString()),
            page => GrainFactory.GetGrain<IRecipientPageGrain>(source.Page(page)),
            Append,
            Close,
            _time,
            _logger);
        _ = Run(_copy);
    }

    private async Task Run(CampaignCopy copy)
    {
        using var keepAlive = KeepAlive();
        try
        {
            await copy.Run();
            if (State is not { Importing: true, Status: CampaignStatus.Draft })
                await RemoveReminder(CopyReminder);
        }
        catch (Exception failure)
        {
            // The reminder, or the next call, goes on from what is stored.
            _logger.LogError(failure, "The copy of campaign {Campaign} was interrupted", _key);
            DeactivateOnIdle();
        }

        _copy = null;
    }

    // Runs beside the grain's calls, on its scheduler.
    private void StartRecount()
    {
        if (State is not { IsListOpen: true, Recount: not null } || _recount is not null)
            return;
        _recount = new(_key, () => State, Change, Page, _time, _logger);
        _ = Run(_recount);
    }

    private async Task Run(CampaignRecount recount)
    {
        using var keepAlive = KeepAlive();
        try
        {
            await recount.Run();
            if (recount.IsStopped)
                return;
            if (State.Status == CampaignStatus.Scheduled)
                await Wake(LeastWait);
            if (State.Recount is null)
                await RemoveReminder(RecountReminder);
            // A change that came in between has begun another count, and may have lost its reminder here.
            if (State is { IsListOpen: true, Recount: not null })
                await this.RegisterOrUpdateReminder(RecountReminder, ReminderPeriod, ReminderPeriod);
        }
        catch (Exception failure)
        {
            // The reminder, or the next call, goes on from what is stored.
            _logger.LogError(failure, "The count of campaign {Campaign} was interrupted", _key);
            DeactivateOnIdle();
            return;
        }

        _recount = null;
        StartRecount();
    }

    private IGrainTimer KeepAlive() =>
        this.RegisterGrainTimer(() => Task.CompletedTask, new() { DueTime = ReminderPeriod, Period = ReminderPeriod, KeepAlive = true, Interleave = true });

    // The send runs beside the grain's calls, on its scheduler; calls and send save one after the other.
    private void StartSend()
    {
        if (State.Status != CampaignStatus.Sending || _send is not null)
            return;
        _send = new(_key, () => State, Change, GrainFactory, _options, _time, _logger);
        _keepAlive = KeepAlive();
        _preflight.Sends();
        _ = Run(_send);
    }

    private async Task Run(CampaignSend send)
    {
        try
        {
            await send.Run();
            await Rest();
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

    private async Task RemoveReminder(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
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
