using Connect.Grains.Campaigns.Engine;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class PreflightTests
{
    private static readonly DateTimeOffset Friday = new(2026, 3, 6, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(30 * 24 * 60, PreflightStage.Scheduled, 29 * 24 * 60)]
    [InlineData(24 * 60 + 1, PreflightStage.Scheduled, 1)]
    [InlineData(24 * 60, PreflightStage.DayBefore, 23 * 60)]
    [InlineData(61, PreflightStage.DayBefore, 1)]
    [InlineData(60, PreflightStage.HourBefore, 60)]
    [InlineData(1, PreflightStage.HourBefore, 1)]
    [InlineData(0, PreflightStage.Start, 0)]
    [InlineData(-500, PreflightStage.Start, 0)]
    public void The_stage_is_the_latest_that_has_come_and_the_next_is_waited_for(int minutesBefore, PreflightStage stage, int wait)
    {
        var now = Friday.AddMinutes(-minutesBefore);
        Assert.Equal(stage, Preflight.StageAt(Friday, now));
        Assert.Equal(TimeSpan.FromMinutes(wait), Preflight.UntilNext(Friday, now));
    }

    [Fact]
    public void Each_stage_has_an_alert_of_its_own_which_takes_the_place_of_those_before()
    {
        Assert.Equal(["not-covered:c:scheduled", "not-covered:c:24h", "not-covered:c:1h", "not-covered:c:start"], Preflight.AlertIds("c").AsEnumerable());
        Assert.Equal("not-covered:c:1h", Preflight.AlertId("c", PreflightStage.HourBefore));
        Assert.Equal(["not-covered:c:scheduled", "not-covered:c:24h"], Preflight.AlertIdsBefore("c", PreflightStage.HourBefore).AsEnumerable());
        Assert.Empty(Preflight.AlertIdsBefore("c", PreflightStage.Scheduled));
        // Of each change since the edition that was last looked at.
        Assert.Equal(
            [.. Ids(":1"), .. Ids(":2"), "not-covered:c:scheduled:3"],
            Preflight.AlertIdsBefore("c", PreflightStage.DayBefore, edition: 3, lookedAt: 1).AsEnumerable());
        Assert.Equal([.. Ids(""), .. Ids(":1"), .. Ids(":2")], Preflight.AlertIds("c", edition: 2).AsEnumerable());
        Assert.Equal(Ids(":2"), Preflight.AlertIds("c", edition: 2, lookedAt: 2).AsEnumerable());

        static string[] Ids(string edition) => [.. new[] { "scheduled", "24h", "1h", "start" }.Select(stage => $"not-covered:c:{stage}{edition}")];
    }
}
