namespace Connect.Grains.Tests.Campaigns;

/// <summary>Real time, in which what is measured can be made to have lasted longer.</summary>
public sealed class SkippingClock : TimeProvider
{
    private long _skipped;

    public override long GetTimestamp() => TimeProvider.System.GetTimestamp() + Interlocked.Read(ref _skipped);

    public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, (long)(time.TotalSeconds * TimestampFrequency));
}
