using System.Collections.Immutable;
using Connect.Messaging;
using Connect.Sandbox.Clock;

namespace Connect.Sandbox.Sms;

/// <summary>
/// Reports what became of the messages that this process accepted, some time after each. It reads them back from the file they are in, so that those that wait cost no memory, and at its own
/// pace, so that a campaign hardly feels it. What had not been reported when its process died stays unreported, as it may with a carrier.
/// </summary>
internal sealed class SmsReports(SmsFiles files, FaultFile faults, TimeProvider time, Func<ImmutableArray<DeliveryReport>, Task> report) : IDueWork, IDisposable
{
    /// <summary>Most messages that one call reports about.</summary>
    public const int MaxTogether = 1_000;

    // 20,000 a second.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private long _reportedTo;
    private int _running;

    /// <summary>A message was accepted.</summary>
    public void Expect()
    {
        if (Volatile.Read(ref _running) == 0 && Interlocked.Exchange(ref _running, 1) == 0)
            // Not on the scheduler of the grain that sends: it would read and report on its time.
            _ = Task.Run(Run);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> NextDue()
    {
        await _one.WaitAsync();
        try
        {
            return files.Read(_reportedTo, 1).Messages is [var next] ? next.At + Delay : null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async Task RunDue()
    {
        while (await ReportDue() == TimeSpan.Zero)
        {
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => _end.Cancel();

    private TimeSpan Delay => TimeSpan.FromMilliseconds(faults.Current.ReportDelayMs);

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var wait = await TryReport();
                if (wait is null)
                {
                    Volatile.Write(ref _running, 0);
                    // One that came in between has seen it running.
                    if (files.Length <= Interlocked.Read(ref _reportedTo) || Interlocked.Exchange(ref _running, 1) != 0)
                        return;
                    continue;
                }

                await Task.Delay(wait.Value > Pace ? wait.Value : Pace, time, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The host ends.
        }
    }

    // What could not be reported is tried again; a report may come twice.
    private async Task<TimeSpan?> TryReport()
    {
        try
        {
            return await ReportDue();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Pause;
        }
    }

    // How long until there is more to do: zero for at once, null when nothing waits.
    private async Task<TimeSpan?> ReportDue()
    {
        await _one.WaitAsync(_end.Token);
        try
        {
            var set = faults.Current;
            var (messages, ends) = files.Read(_reportedTo, MaxTogether);
            if (messages.Count == 0)
                return null;
            var now = time.GetUtcNow();
            var delay = TimeSpan.FromMilliseconds(set.ReportDelayMs);
            var due = messages.FindIndex(message => message.At + delay > now) is var late and >= 0 ? late : messages.Count;
            if (due == 0)
            {
                // A clock that was moved may have come closer than real time does.
                var left = messages[0].At + delay - now;
                return left < Pause ? left : Pause;
            }

            if (!set.DropReports)
                await report(Reports(messages[..due], set));
            Interlocked.Exchange(ref _reportedTo, ends[due - 1]);
            return TimeSpan.Zero;
        }
        finally
        {
            _one.Release();
        }
    }

    private static ImmutableArray<DeliveryReport> Reports(List<SandboxSms> messages, SmsFaults faults)
    {
        var reports = ImmutableArray.CreateBuilder<DeliveryReport>(messages.Count);
        foreach (var message in messages)
        {
            var undelivered = faults.UndeliverPrefixes.Any(prefix => message.To.StartsWith(prefix, StringComparison.Ordinal));
            // In its proper order the first of the two tells nothing that the second does not.
            if (faults.ReorderReports)
                reports.Add(Of(message, DeliveryState.Passed));
            reports.Add(undelivered ? Of(message, DeliveryState.Undelivered) with { Reason = "undelivered by a fault of the sandbox" } : Of(message, DeliveryState.Delivered));
        }

        if (faults.DuplicateReports)
            reports.AddRange(reports.ToArray());
        if (faults.ReorderReports)
            reports.Reverse();
        return reports.DrainToImmutable();
    }

    private static DeliveryReport Of(SandboxSms message, DeliveryState state) =>
        new() { AccountId = message.AccountId, Kind = message.Kind, CampaignId = message.CampaignId, MessageId = message.MessageId, State = state };
}
