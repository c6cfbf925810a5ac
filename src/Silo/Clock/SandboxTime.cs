using Connect.Sandbox.Clock;
using Connect.Silo.Storage;
using Orleans.Runtime;

namespace Connect.Silo.Clock;

/// <inheritdoc cref="ISandboxTime"/>
internal sealed partial class SandboxTime(
    MovableClock clock, ProgramClock program, CreditsDatabase database, IGrainFactory grains, IEnumerable<IDueWork> standIns, ILogger<SandboxTime> log)
    : ISandboxTime, IDisposable
{
    private const int PageSize = 500;
    private const int AtOnce = 64;

    private readonly SemaphoreSlim one = new(1, 1);

    /// <inheritdoc/>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <inheritdoc/>
    public async Task<int> Advance(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(by, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(by, ISandboxTime.MaxAdvance);
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AdvanceTo(clock.Offset + by, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Lets the gate go.</summary>
    public void Dispose() => one.Dispose();

    private async Task<int> AdvanceTo(TimeSpan offset, CancellationToken cancellationToken)
    {
        var began = clock.GetUtcNow().UtcDateTime;
        var target = began + (offset - clock.Offset);
        var reached = began;
        var called = new Dictionary<(GrainId, string, DateTime), DateTime>();
        var ended = false;
        var repeats = await Repeats(began, target, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var due = await NextDue(reached, target, called, cancellationToken).ConfigureAwait(false);
            if (await NextOfStandIns().ConfigureAwait(false) is { } work && work <= target
                && (due.Count == 0 || work <= due[0].StartTime) && (!repeats.TryPeek(out var next) || work <= next.At))
            {
                await MoveAtLeastTo(work, cancellationToken).ConfigureAwait(false);
                await RunStandIns().ConfigureAwait(false);
                continue;
            }

            if (repeats.TryPeek(out var repeat) && (due.Count == 0 || repeat.At < due[0].StartTime))
            {
                repeats.Dequeue();
                await MoveAtLeastTo(repeat.At, cancellationToken).ConfigureAwait(false);
                if (!await IsStored(repeat.Reminder, cancellationToken).ConfigureAwait(false))
                    continue;
                await Call(repeat.Reminder).ConfigureAwait(false);
                called[repeat.Reminder.Identity] = repeat.At;
                continue;
            }

            if (due.Count == 0)
            {
                if (ended)
                    break;
                ended = true;
                await MoveAtLeastTo(target, cancellationToken).ConfigureAwait(false);
                foreach (var some in (await StillSet(target, called, cancellationToken).ConfigureAwait(false)).Chunk(AtOnce))
                    await Task.WhenAll(some.Select(Call)).ConfigureAwait(false);
                continue;
            }

            reached = due[0].StartTime;
            await MoveAtLeastTo(reached, cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(due.Select(Call)).ConfigureAwait(false);
            due.ForEach(reminder => called[reminder.Identity] = reminder.StartTime);
        }

        await program.Move(offset, grains, cancellationToken).ConfigureAwait(false);
        return called.Count;
    }

    /// <summary>When the next work of a stand-in is due, or null when none has any.</summary>
    private async Task<DateTime?> NextOfStandIns()
    {
        DateTime? next = null;
        foreach (var standIn in standIns)
        {
            if (await standIn.NextDue().ConfigureAwait(false) is { } due && (next is null || due.UtcDateTime < next))
                next = due.UtcDateTime;
        }

        return next;
    }

    private async Task RunStandIns()
    {
        foreach (var standIn in standIns)
            await standIn.RunDue().ConfigureAwait(false);
    }

    /// <summary>Reminders that started before and were left set, each with the first of its ticks on the way, in order. Whoever left one set still waits for something.</summary>
    private async Task<Queue<(DateTime At, StoredReminder Reminder)>> Repeats(DateTime began, DateTime target, CancellationToken cancellationToken)
    {
        var started = await DueReminders.Read(database, DateTime.UnixEpoch, began, int.MaxValue, cancellationToken).ConfigureAwait(false);
        return new(started
            .Where(reminder => reminder.StartTime < began)
            .Select(reminder => (At: reminder.StartTime + ((Math.Floor((began - reminder.StartTime) / reminder.Period) + 1) * reminder.Period), reminder))
            .Where(repeat => repeat.At <= target)
            .OrderBy(repeat => repeat.At));
    }

    /// <summary>Reminders that were called on the way, are set as they were, and have ticked again since: what their grains wait for may have come about.</summary>
    private async Task<List<StoredReminder>> StillSet(DateTime target, Dictionary<(GrainId, string, DateTime), DateTime> called, CancellationToken cancellationToken) =>
        (await DueReminders.Read(database, DateTime.UnixEpoch, target, int.MaxValue, cancellationToken).ConfigureAwait(false))
        .Where(reminder => called.TryGetValue(reminder.Identity, out var at) && at + reminder.Period <= target).ToList();

    /// <summary>True while the grain has neither removed the reminder nor set it anew.</summary>
    private async Task<bool> IsStored(StoredReminder reminder, CancellationToken cancellationToken) =>
        (await DueReminders.Read(database, reminder.StartTime, reminder.StartTime, int.MaxValue, cancellationToken).ConfigureAwait(false))
        .Any(stored => stored.Identity == reminder.Identity);

    /// <summary>The reminders that share the earliest start time from there on, without those called before.</summary>
    private async Task<List<StoredReminder>> NextDue(DateTime from, DateTime target, Dictionary<(GrainId, string, DateTime), DateTime> called, CancellationToken cancellationToken)
    {
        // Reminders called at this very instant are still stored with it unless they were set anew, so a page may hold nothing but those.
        for (var limit = PageSize; ; limit *= 2)
        {
            var page = await DueReminders.Read(database, from, target, limit, cancellationToken).ConfigureAwait(false);
            var due = page.Where(reminder => !called.ContainsKey(reminder.Identity)).ToList();
            if (due.Count > 0)
                return due.TakeWhile(reminder => reminder.StartTime == due[0].StartTime).ToList();
            if (page.Length < limit)
                return [];
        }
    }

    private async Task MoveAtLeastTo(DateTime instant, CancellationToken cancellationToken)
    {
        var ahead = instant - clock.GetUtcNow().UtcDateTime;
        if (ahead > TimeSpan.Zero)
            await program.Move(clock.Offset + ahead, grains, cancellationToken).ConfigureAwait(false);
    }

    private async Task Call(StoredReminder reminder)
    {
        try
        {
            var tick = new TickStatus(reminder.StartTime, reminder.Period, clock.GetUtcNow().UtcDateTime);
            await grains.GetGrain<IRemindable>(reminder.GrainId).ReceiveReminder(reminder.Name, tick).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // As in the reminder service: the grain's next tick tries again.
            LogFailed(error, reminder.Name, reminder.GrainId);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The reminder {Name} of {GrainId} failed while the clock was moved.")]
    private partial void LogFailed(Exception error, string name, GrainId grainId);
}
