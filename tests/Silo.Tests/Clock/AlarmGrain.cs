using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Connect.Silo.Tests.Clock;

[Alias("connect.tests.IAlarmGrain")]
public interface IAlarmGrain : IGrainWithStringKey
{
    [Alias("set")] Task Set(string name, TimeSpan due);

    [Alias("set-chain")] Task SetChain(string name, TimeSpan due, int more);
}

/// <summary>A grain with reminders that writes down when it was called.</summary>
public sealed class AlarmGrain(TimeProvider time) : Grain, IAlarmGrain, IRemindable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly Dictionary<string, (TimeSpan Step, int More)> chains = [];

    /// <summary>Every call of this process: grain, reminder, program time, start time.</summary>
    public static ConcurrentQueue<Ring> Rings { get; } = new();

    public Task Set(string name, TimeSpan due) => this.RegisterOrUpdateReminder(name, due, Hour);

    public Task SetChain(string name, TimeSpan due, int more)
    {
        chains[name] = (due, more);
        return Set(name, due);
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Rings.Enqueue(new(this.GetPrimaryKeyString(), reminderName, time.GetUtcNow(), status.FirstTickTime));
        if (reminderName == "fails")
            throw new InvalidOperationException("It was to fail.");
        if (chains.TryGetValue(reminderName, out var chain) && chain.More > 0)
        {
            chains[reminderName] = chain with { More = chain.More - 1 };
            await Set(reminderName, chain.Step);
        }
        else if (await this.GetReminder(reminderName) is { } reminder && reminderName != "stays")
        {
            await this.UnregisterReminder(reminder);
        }
    }
}

/// <summary>One call of a reminder.</summary>
public sealed record Ring(string Grain, string Name, DateTimeOffset At, DateTime Start);
