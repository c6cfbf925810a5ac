using Connect.Grains.Automations.Engine;
using Connect.Messaging;

namespace Connect.Grains.Automations;

/// <summary>
/// Delivery reports of a flow. A report is noted, then stored with its message, then counted and forgotten here in one write. The message keeps the report's ticket, so that after a crash the one that is
/// noted is counted once. One of a message at a time; while the message is under way its report waits.
/// </summary>
public sealed partial class AutomationGrain
{
    private readonly Dictionary<string, Task> _delivering = [];

    /// <inheritdoc/>
    public async Task Report(string operation, DeliveryState state, bool ended)
    {
        // One that was under way when its report passed may have ended since; else there is none.
        if (!ended && !Current.Messages.ContainsKey(operation) && await Message(operation).Get() is not { Phase: MessagePhase.Settled })
            return;
        // One that is noted may be stored with its message already, and must be counted before another takes its place.
        while (Current.Reports.ContainsKey(operation) && !Current.Messages.ContainsKey(operation))
        {
            await _saves.Save(Current);
            await Deliver(operation);
        }

        await _saves.Save(Current.Note(operation, state));
        await Deliver(operation);
    }

    private async Task CountAndReport(string operation, MessageState ended)
    {
        // Durable first: a report changes how the message ended.
        await _saves.Save(Current.End(operation, ended));
        if (Current.Reports.ContainsKey(operation))
            await Deliver(operation);
    }

    private Task Deliver(string operation) => _delivering.TryGetValue(operation, out var busy) ? busy : _delivering[operation] = DeliverNoted(operation);

    private async Task DeliverNoted(string operation)
    {
        await Task.Yield();
        try
        {
            if (Current.Messages.ContainsKey(operation) || !Current.Reports.TryGetValue(operation, out var report))
                return;
            // Durable first, the note and the end of its message: else a crash would leave a report that the message has and nobody counts, or one that is counted with the end and once more.
            if (_state.Value.Messages.ContainsKey(operation) || _state.Value.Reports.GetValueOrDefault(operation)?.Ticket != report.Ticket)
                await _saves.Save(Current);
            var mark = await Message(operation).Deliver(report.Ticket, report.State);
            await _saves.Save(Current.Reported(operation, mark));
        }
        finally
        {
            _delivering.Remove(operation);
        }
    }
}
