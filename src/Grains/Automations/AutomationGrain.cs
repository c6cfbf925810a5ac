using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Automations;

/// <summary>
/// A flow, and all of its messages that are under way. Calls interleave and share writes: a message is noted with all it takes to send it, debited, noted as being handed over, handed over; its end is
/// stored by a grain of its own, and counted here. After a crash the messages that are noted are finished and counted once.
/// </summary>
[Reentrant]
public sealed partial class AutomationGrain : Grain, IAutomationGrain, IAutomationReports, IRemindable, IDisposable
{
    private const string Reminder = "finish";

    // Each is a few hundred bytes of every write; more callers than this wait for a place.
    private const int MaxUnderWay = 256;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(2);

    // More than a message may wait for its place and then for the gateway: what is only slow must not become unknown.
    private static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(26);

    // Between the tries of a message that the gateway can not take just now; a caller waits for all of them.
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.25, 0.5, 1, 2 }.Select(TimeSpan.FromSeconds)];

    private readonly string _key;
    private readonly string _accountId;
    private readonly string _flow;
    private readonly SavedState<FlowState> _state;
    private readonly ISmsGateway _gateway;
    private readonly PartRule _rule;
    private readonly TimeProvider _time;
    private readonly ILogger<AutomationGrain> _logger;
    private readonly Dictionary<string, Task> _active = [];
    private readonly SemaphoreSlim _places = new(MaxUnderWay);
    private readonly SharedRun _makingReady = new();
    private SharedSaves<FlowState> _saves = null!;
    private CachedSettings _settings = null!;
    private OptOutLookups _optOuts = null!;
    private bool _isReady;
    private bool _used;

    /// <summary>Made by Orleans.</summary>
    public AutomationGrain(
        [PersistentState("automation-flow", "grains")] IPersistentState<FlowState> state,
        ISmsGateway gateway,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<AutomationGrain> logger)
    {
        _key = this.GetPrimaryKeyString();
        var slash = _key.IndexOf('/', StringComparison.Ordinal);
        (_accountId, _flow) = (_key[..slash], _key[(slash + 1)..]);
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_gateway, _rule, _time, _logger) = (gateway, options.Value.PartRule, time, logger);
    }

    private FlowState Current => _saves.Current;

    private string Reference => $"automation {MessageRules.Operation(_flow)}";

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_accountId);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saves = new(_state, DeactivateOnIdle);
        _settings = new(GrainFactory.GetGrain<IMessagingSettingsGrain>(_accountId), _time, _logger);
        _optOuts = new(GrainFactory.GetGrain<IOptOutsGrain>(_accountId));
        if (Current.HasWork)
            this.RegisterGrainTimer(FinishInterrupted, new() { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AutomationResult> Send(string operationId, string text, RecipientInput recipient)
    {
        _used = true;
        if (!_isReady)
            await _makingReady.Run(MakeReady);
        if (!_isReady)
            return new() { Outcome = AutomationOutcome.TooManyFlows };
        var operation = MessageRules.Operation(operationId);
        // The same message at the same time: the first call sends it, the others read what became of it.
        while (_active.TryGetValue(operation, out var busy))
            await busy;
        return await Alone(operation, () => Once(operation, text, recipient));
    }

    /// <inheritdoc/>
    public Task<AutomationView> Get() => Task.FromResult(Current.View(_flow, MessageRules.Day(_time.GetUtcNow())));

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await FinishInterrupted();
        if (!_used && !Current.HasWork)
        {
            _isReady = false;
            // A message that came meanwhile may have set it anew.
            if (await this.GetReminder(Reminder) is { } reminder && !_used)
                await this.UnregisterReminder(reminder);
        }

        _used = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private IAutomationMessageGrain Message(string operation) => GrainFactory.GetGrain<IAutomationMessageGrain>($"{_key}/{operation}");

    // Once per activation, before the first message: the flow is on the account's list, and a reminder wakes it if its silo dies with messages under way.
    private async Task MakeReady()
    {
        if (!Current.Listed)
        {
            if (!await GrainFactory.GetGrain<IAutomationIndexGrain>(_accountId).Add(_flow))
                return;
            _saves.Note(Current with { Listed = true });
        }

        await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        _isReady = true;
    }

    private async Task<AutomationResult> Alone(string operation, Func<Task<AutomationResult>> send)
    {
        var ended = new TaskCompletionSource();
        _active.Add(operation, ended.Task);
        try
        {
            await _places.WaitAsync();
            try
            {
                return await send();
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            _active.Remove(operation);
            ended.SetResult();
        }
    }

    private async Task<AutomationResult> Once(string operation, string text, RecipientInput recipient)
    {
        var numbers = await _settings.Numbers();
        var template = new TextTemplate(text);
        var rendered = template.Render(template.Values(recipient.Fields));
        var number = numbers.Normalize(recipient.To);
        var fingerprint = MessageRules.Fingerprint(text, recipient);
        // One that a call left here when it failed stands against what is stored of an earlier try.
        var known = Current.Messages.TryGetValue(operation, out var begun) ? begun : await Message(operation).Get();
        if (known is not null && !MessageRules.IsSame(known, fingerprint, number, rendered))
            return new() { Outcome = AutomationOutcome.OperationIdReused };
        if (begun is not null)
            return await Finish(operation, begunBefore: true);
        if (known is { Phase: MessagePhase.Settled })
            return MessageRules.Result(known) with { Repeated = true };
        var next = known;
        if (known is null or { Phase: MessagePhase.Released })
        {
            var parts = PartCounter.Parts(rendered, _rule);
            if (MessageRules.Refuse(number, rendered, parts) is { } refusal)
                return new() { Outcome = refusal };
            var optedOut = await _optOuts.IsOptedOut(number!.Value);
            next = MessageRules.Begin(fingerprint, number.Value, rendered, parts, known?.Attempt ?? 0, optedOut);
        }

        // Else an earlier version had begun it.
        await _saves.Save(Current.Begin(operation, next!));
        return await Finish(operation, begunBefore: next == known);
    }

    private async Task<AutomationResult> Finish(string operation, bool begunBefore)
    {
        var message = Current.Messages[operation];
        if (begunBefore)
        {
            // Its beginning may be what could not be stored; then nobody would count it, or give back what it pays.
            _saves.ThrowIfFailed();
            if (await Message(operation).Get() is { HasEnded: true } stored && stored.Ticket == message.Ticket)
                return Ended(operation, stored);
            message = MessageRules.Interrupted(message);
        }

        for (var tries = 0; !message.HasEnded;)
        {
            message = message.Phase == MessagePhase.Reversing ? await GiveBack(operation, message) : await DebitAndHandOver(operation, message, tries++);
            // Not saved: whoever goes on here after a failure knows it, and after a crash the step is done again or unknown.
            _saves.Note(Current.With(operation, message));
        }

        return Ended(operation, await Message(operation).Settle(message with { EndedAt = _time.GetUtcNow() }));
    }

    private AutomationResult Ended(string operation, MessageState ended)
    {
        // Not awaited: should this be lost, the message is still noted, and is asked how it ended.
        CountAndReport(operation, ended).Ignore();
        return MessageRules.Result(ended);
    }

    private async Task<MessageState> DebitAndHandOver(string operation, MessageState message, int tries)
    {
        if (tries > 0)
            await Task.Delay(Pauses[tries - 1], _time);
        var debit = MessageRules.DebitOperation(_flow, operation, message.Attempt);
        var answer = await Account.Debit(new() { OperationId = debit, Reference = Reference, Credits = message.Parts });
        var paid = MessageRules.Debited(message, answer) ?? throw new InvalidOperationException($"The account refused {debit}: {answer.Outcome}.");
        if (paid.HasEnded)
            return paid;
        // Before every try: since the message was begun, or tried, the person may have opted out.
        if (await _optOuts.IsOptedOut(paid.Number))
            return MessageRules.OptedOut(paid);
        // Before the message leaves: if the process dies from here on, it is unknown.
        await _saves.Save(Current.With(operation, paid));
        var next = MessageRules.HandedOver(paid, await HandOver(operation, paid), patience: tries < Pauses.Length);
        if (next.Phase == MessagePhase.Debiting)
            await _saves.Save(Current.With(operation, next));
        return next;
    }

    private async Task<MessageState> GiveBack(string operation, MessageState message)
    {
        // Before the credits go back: after a crash they still do, and the message is not unknown.
        await _saves.Save(Current.With(operation, message));
        var debit = MessageRules.DebitOperation(_flow, operation, message.Attempt);
        var answer = await Account.Reverse(new()
        {
            OperationId = MessageRules.ReversalOperation(debit),
            DebitOperationId = debit,
            Reference = Reference,
            Credits = message.Parts,
        });
        return answer.Holds ? MessageRules.Reversed(message, answer.Available) : throw new InvalidOperationException($"The account refused to give back {debit}: {answer.Outcome}.");
    }

    private async Task<HandOverOutcome> HandOver(string operation, MessageState message)
    {
        try
        {
            var answer = await _gateway.Send(new()
            {
                AccountId = _accountId,
                CampaignId = _flow,
                MessageId = $"{_flow}:{operation}",
                Kind = MessageKind.Automation,
                From = _settings.Sender,
                To = MobileNumbers.Format(message.Number),
                Text = message.Text,
                Parts = message.Parts,
            }).WaitAsync(GatewayTimeout, _time);
            return answer.Outcome;
        }
        catch (Exception failure)
        {
            _logger.LogWarning(failure, "The gateway gave no answer for a message of flow {Flow}", _key);
            return HandOverOutcome.Unknown;
        }
    }

    private async Task FinishInterrupted()
    {
        foreach (var (ticket, operation) in Current.UnderWay)
        {
            await Try(async () =>
            {
                var stored = await Message(operation).Get();
                await _saves.Save(Current.TakeOver(ticket, operation, stored));
            });
        }

        foreach (var operation in Current.Messages.Keys)
        {
            if (!_active.ContainsKey(operation))
                await Try(() => Alone(operation, () => Finish(operation, begunBefore: true)));
        }

        foreach (var operation in Current.Reports.Keys)
            await Try(() => Deliver(operation));
    }

    private async Task Try(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            _logger.LogWarning(failure, "Something of flow {Flow} is not finished yet; the reminder tries again", _key);
        }
    }
}
