namespace Connect.Grains.Tests.Campaigns;

/// <summary>Real time that can be moved ahead, for the time of day and for what is measured.</summary>
public sealed class SkippingClock : TimeProvider
{
    private long _skipped;

    public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds((double)Interlocked.Read(ref _skipped) / TimestampFrequency);

    public override long GetTimestamp() => TimeProvider.System.GetTimestamp() + Interlocked.Read(ref _skipped);

    public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, (long)(time.TotalSeconds * TimestampFrequency));
}
