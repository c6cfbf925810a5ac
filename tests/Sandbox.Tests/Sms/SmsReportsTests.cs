using System.Collections.Concurrent;
using System.Collections.Immutable;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Connect.Sandbox.Sms;
using Microsoft.Extensions.Time.Testing;

namespace Connect.Sandbox.Tests.Sms;

public sealed class SmsReportsTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("sms-reports").FullName;
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly ConcurrentQueue<ImmutableArray<DeliveryReport>> _calls = new();
    private readonly SandboxSmsGateway _gateway;
    private bool _fails;

    public SmsReportsTests() => _gateway = new(_directory, _time, reports =>
    {
        if (_fails)
            throw new InvalidOperationException("The program takes no reports.");
        _calls.Enqueue(reports);
        return Task.CompletedTask;
    });

    public void Dispose()
    {
        _gateway.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Each_accepted_message_is_reported_once_as_delivered_when_its_time_has_come()
    {
        _gateway.SetFaults(new() { RefusePrefixes = ["+6149"], LoseAnswerNext = 1 });
        await Send(0, 3);
        await _gateway.Send(Message(3, "+61491000000"));
        Assert.Equal(Noon.AddSeconds(1), await _gateway.NextDue());
        await _gateway.RunDue();
        Assert.Empty(_calls);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _gateway.RunDue();
        var reports = Assert.Single(_calls);
        Assert.Equal(["c1:0", "c1:1", "c1:2"], reports.Select(report => report.MessageId));
        Assert.All(reports, report => Assert.Equal(("a1", MessageKind.Campaign, "c1", DeliveryState.Delivered), (report.AccountId, report.Kind, report.CampaignId, report.State)));
        Assert.Null(await _gateway.NextDue());
        _time.Advance(TimeSpan.FromDays(1));
        await _gateway.RunDue();
        Assert.Single(_calls);
    }

    [Fact]
    public async Task While_the_program_stops_nothing_is_reported_and_messages_are_still_taken()
    {
        await Send(0, 1);
        _gateway.StopReports();
        Assert.Equal(HandOverOutcome.Accepted, (await _gateway.Send(Message(1, "+61400000001"))).Outcome);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(_gateway.RunDue);
        Assert.Empty(_calls);
        Assert.Equal(2, (await _gateway.List()).Total);
    }

    [Fact]
    public async Task What_an_automation_sent_is_reported_as_such()
    {
        await _gateway.Send(Message(7, "+61400000000") with { Kind = MessageKind.Automation, From = "+61480000000" });
        var sms = Assert.Single((await _gateway.List()).Messages);
        Assert.Equal((MessageKind.Automation, "+61480000000"), (sms.Kind, sms.From));
        Assert.Equal(MessageKind.Automation, Assert.Single(await Due()).Kind);
    }

    [Fact]
    public async Task Many_are_reported_a_thousand_at_a_time_and_without_being_asked()
    {
        await Send(0, 2_500);
        while (_calls.Sum(call => call.Length) < 2_500)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([1_000, 1_000, 500], _calls.Select(call => call.Length));
        Assert.Equal(Enumerable.Range(0, 2_500).Select(row => $"c1:{row}"), _calls.SelectMany(call => call).Select(report => report.MessageId));
    }

    [Fact]
    public async Task Reports_that_could_not_be_given_are_given_again()
    {
        _fails = true;
        await Send(0, 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<InvalidOperationException>(_gateway.RunDue);
        _fails = false;
        await _gateway.RunDue();
        Assert.Equal(["c1:0", "c1:1"], Assert.Single(_calls).Select(report => report.MessageId));
    }

    [Fact]
    public async Task Some_numbers_are_reported_as_undelivered()
    {
        _gateway.SetFaults(new() { UndeliverPrefixes = ["+6140000001"] });
        await Send(9, 2);
        var reports = await Due();
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Undelivered], reports.Select(report => report.State));
        Assert.NotNull(reports[1].Reason);
    }

    [Fact]
    public async Task Reports_come_late_twice_newest_first_or_never_when_told_to()
    {
        _gateway.SetFaults(new() { ReportDelayMs = 60_000, DuplicateReports = true, ReorderReports = true });
        await Send(0, 2);
        _time.Advance(TimeSpan.FromSeconds(59));
        await _gateway.RunDue();
        Assert.Empty(_calls);
        (string, DeliveryState)[] once =
            [("c1:1", DeliveryState.Delivered), ("c1:1", DeliveryState.Passed), ("c1:0", DeliveryState.Delivered), ("c1:0", DeliveryState.Passed)];
        Assert.Equal([.. once, .. once], (await Due()).Select(report => (report.MessageId, report.State)));

        _gateway.SetFaults(new() { DropReports = true });
        await Send(2, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _gateway.RunDue();
        Assert.Single(_calls);
        Assert.Null(await _gateway.NextDue());
    }

    [Fact]
    public async Task While_it_is_unavailable_nothing_is_taken()
    {
        _gateway.SetFaults(new() { Unavailable = true });
        Assert.Equal(HandOverOutcome.Unavailable, (await _gateway.Send(Message(0, "+61400000000"))).Outcome);
        Assert.Equal(0, (await _gateway.List()).Total);
        _gateway.SetFaults(new());
        Assert.Equal(HandOverOutcome.Accepted, (await _gateway.Send(Message(0, "+61400000000"))).Outcome);
    }

    private static SmsMessage Message(int row, string to) => new() { AccountId = "a1", CampaignId = "c1", MessageId = $"c1:{row}", To = to, Text = "Hi", Parts = 1 };

    private async Task Send(int first, int count)
    {
        for (var row = first; row < first + count; row++)
            await _gateway.Send(Message(row, $"+614{row:D8}"));
    }

    private async Task<ImmutableArray<DeliveryReport>> Due()
    {
        _time.Advance(TimeSpan.FromSeconds(60));
        await _gateway.RunDue();
        return Assert.Single(_calls);
    }
}
