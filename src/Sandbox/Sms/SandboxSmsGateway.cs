using System.Collections.Immutable;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Connect.Sandbox.Clock;

namespace Connect.Sandbox.Sms;

/// <summary>
/// Takes messages and delivers them to nobody. What it accepts is in its file before it answers (handed to the operating system without a buffer in between), so that it survives the death
/// of the process. Nothing is kept in memory. Some time later it reports each as delivered.
/// </summary>
public sealed class SandboxSmsGateway : ISmsGateway, ISmsSandbox, IDueWork, IDisposable
{
    private readonly SmsFiles _files;
    private readonly FaultFile _faults;
    private readonly SmsReports? _reports;
    private readonly TimeProvider _time;

    /// <summary>Opens the sandbox in a directory, which is made if need be. Any number of processes may share it.</summary>
    /// <param name="directory">Where its files are.</param>
    /// <param name="time">The program's clock.</param>
    /// <param name="report">Takes delivery reports; without it there are none. One that fails is given again.</param>
    public SandboxSmsGateway(string directory, TimeProvider time, Func<ImmutableArray<DeliveryReport>, Task>? report = null)
    {
        Directory.CreateDirectory(directory);
        _files = new(directory);
        _faults = new(Path.Combine(directory, "sms-faults.json"));
        _time = time;
        _reports = report is null ? null : new(_files, _faults, time, report);
    }

    /// <inheritdoc/>
    public SmsFaults Faults => _faults.Current;

    /// <inheritdoc/>
    public Task<HandOver> Send(SmsMessage message)
    {
        var (faults, fate) = _faults.Next(message.To);
        return faults.DelayMs > 0 ? SendLate(message, fate, faults.DelayMs) : Answer(message, fate);
    }

    /// <inheritdoc/>
    public void SetFaults(SmsFaults faults)
    {
        if (faults.DelayMs is < 0 or > 60_000 || faults.RefuseNext < 0 || faults.LoseAnswerNext < 0 || faults.ReportDelayMs is < 0 or > SmsFaults.MaxReportDelayMs)
            throw new ArgumentOutOfRangeException(nameof(faults));
        _faults.Set(faults with
        {
            RefusePrefixes = faults.RefusePrefixes.IsDefault ? [] : faults.RefusePrefixes,
            UndeliverPrefixes = faults.UndeliverPrefixes.IsDefault ? [] : faults.UndeliverPrefixes,
        });
    }

    /// <inheritdoc/>
    public Task<SandboxSmsPage> List(
        string? campaignId = null, string? accountId = null, int skip = 0, int limit = 1_000, CancellationToken cancellationToken = default) =>
        Task.Run(() => _files.List(campaignId, accountId, Math.Max(0, skip), Math.Clamp(limit, 1, 10_000), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> NextDue() => _reports?.NextDue() ?? Task.FromResult<DateTimeOffset?>(null);

    /// <inheritdoc/>
    public Task RunDue() => _reports?.RunDue() ?? Task.CompletedTask;

    /// <summary>Begins no further reports; messages are still taken.</summary>
    public void StopReports() => _reports?.Dispose();

    /// <summary>Ends the reports and closes the file.</summary>
    public void Dispose()
    {
        _reports?.Dispose();
        _files.Dispose();
    }

    private async Task<HandOver> SendLate(SmsMessage message, HandOverOutcome fate, int milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _time);
        return await Answer(message, fate);
    }

    private Task<HandOver> Answer(in SmsMessage message, HandOverOutcome fate)
    {
        if (fate == HandOverOutcome.Unavailable)
            return Task.FromResult(new HandOver(HandOverOutcome.Unavailable, "unavailable by a fault of the sandbox"));
        if (fate == HandOverOutcome.Refused)
            return Task.FromResult(new HandOver(HandOverOutcome.Refused, "refused by a fault of the sandbox"));
        _files.Append(message, _time.GetUtcNow());
        _reports?.Expect();
        return fate == HandOverOutcome.Accepted ? HandOver.Accepted : Task.FromResult(new HandOver(HandOverOutcome.Unknown, "answer lost by a fault of the sandbox"));
    }
}
