using System.Collections.Immutable;
using Connect.Grains.Messaging;

namespace Connect.Sandbox.Sms;

/// <summary>
/// Takes messages and delivers them to nobody. What it accepts is in its file before it answers (handed to the operating system without a buffer in between), so that it survives the death
/// of the process. Nothing is kept in memory.
/// </summary>
public sealed class SandboxSmsGateway : ISmsGateway, ISmsSandbox, IDisposable
{
    private readonly SmsFiles _files;
    private readonly FaultFile _faults;
    private readonly TimeProvider _time;

    /// <summary>Opens the sandbox in a directory, which is made if need be. Any number of processes may share it.</summary>
    public SandboxSmsGateway(string directory, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        _files = new(directory);
        _faults = new(Path.Combine(directory, "sms-faults.json"));
        _time = time;
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
        if (faults.DelayMs is < 0 or > 60_000 || faults.RefuseNext < 0 || faults.LoseAnswerNext < 0)
            throw new ArgumentOutOfRangeException(nameof(faults));
        _faults.Set(faults with { RefusePrefixes = faults.RefusePrefixes.IsDefault ? [] : faults.RefusePrefixes });
    }

    /// <inheritdoc/>
    public Task<SandboxSmsPage> List(
        string? campaignId = null, string? accountId = null, int skip = 0, int limit = 1_000, CancellationToken cancellationToken = default) =>
        Task.Run(() => _files.List(campaignId, accountId, Math.Max(0, skip), Math.Clamp(limit, 1, 10_000), cancellationToken), cancellationToken);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _files.Dispose();

    private async Task<HandOver> SendLate(SmsMessage message, HandOverOutcome fate, int milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _time);
        return await Answer(message, fate);
    }

    private Task<HandOver> Answer(in SmsMessage message, HandOverOutcome fate)
    {
        if (fate == HandOverOutcome.Refused)
            return Task.FromResult(new HandOver(HandOverOutcome.Refused, "refused by a fault of the sandbox"));
        _files.Append(message, _time.GetUtcNow());
        return fate == HandOverOutcome.Accepted ? HandOver.Accepted : Task.FromResult(new HandOver(HandOverOutcome.Unknown, "answer lost by a fault of the sandbox"));
    }
}
