using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Automations;

/// <summary>
/// A flow. Each message is a grain of its own, so the flow stores only its figures and what is under way. Calls interleave and share writes: a message is noted before it is begun, and counted when it
/// has ended; after a crash those noted are finished and counted once.
/// </summary>
[Reentrant]
public sealed class AutomationGrain : Grain, IAutomationGrain, IRemindable
{
    private const string Reminder = "finish";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(2);

    private readonly string _key;
    private readonly SavedState<FlowState> _state;
    private readonly ILogger<AutomationGrain> _logger;
    private readonly HashSet<long> _active = [];
    private FlowState _current = new();
    private Task _saving = Task.CompletedTask;
    private Task? _nextSave;
    private Task? _arming;
    private bool _used;

    /// <summary>Made by Orleans.</summary>
    public AutomationGrain([PersistentState("automation-flow", "grains")] IPersistentState<FlowState> state, TimeProvider time, ILogger<AutomationGrain> logger)
    {
        _key = this.GetPrimaryKeyString();
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        _logger = logger;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _current = _state.Value;
        if (!_current.UnderWay.IsEmpty)
            this.RegisterGrainTimer(FinishInterrupted, new() { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<AutomationResult> Send(string operationId, string text, RecipientInput recipient)
    {
        _used = true;
        await (_arming ??= Arm());
        var operation = MessageRules.Operation(operationId);
        var ticket = _current.NextTicket;
        _active.Add(ticket);
        try
        {
            await Change(_current.Begin(operation));
            var report = await Message(operation).Send(ticket, text, recipient);
            // Not awaited: should this be lost, the ticket is still noted, and the message is asked again.
            Change(_current.End(ticket, report)).Ignore();
            return report.Result;
        }
        finally
        {
            _active.Remove(ticket);
        }
    }

    /// <inheritdoc/>
    public Task<AutomationView> Get() => Task.FromResult(new AutomationView
    {
        Flow = _key[(_key.IndexOf('/', StringComparison.Ordinal) + 1)..],
        Sent = _current.Sent,
        CreditsUsed = _current.CreditsUsed,
        NotSentOutOfCredits = _current.NotSentOutOfCredits,
    });

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await FinishInterrupted();
        if (!_used && _current.UnderWay.IsEmpty)
        {
            _arming = null;
            if (await this.GetReminder(Reminder) is { } reminder)
                await this.UnregisterReminder(reminder);
        }

        _used = false;
    }

    private IAutomationMessageGrain Message(string operation) => GrainFactory.GetGrain<IAutomationMessageGrain>($"{_key}/{operation}");

    // Once per activation, before the first message: it wakes the flow if its silo dies with messages under way.
    private async Task Arm()
    {
        try
        {
            await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        }
        catch
        {
            _arming = null;
            throw;
        }
    }

    private async Task FinishInterrupted()
    {
        foreach (var (ticket, operation) in _current.UnderWay)
        {
            if (_active.Contains(ticket))
                continue;
            try
            {
                var report = await Message(operation).Resume();
                await Change(_current.End(ticket, report));
            }
            catch (Exception failure)
            {
                _logger.LogWarning(failure, "A message of flow {Flow} is not finished yet; the reminder tries again", _key);
            }
        }
    }

    private Task Change(FlowState next)
    {
        _current = next;
        return _nextSave ??= SaveNext();
    }

    // All changes made while the save before is under way go out together. After a failed save none follows.
    private async Task SaveNext()
    {
        await Task.Yield();
        try
        {
            await _saving;
            _nextSave = null;
            await (_saving = _state.Save(_current));
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
