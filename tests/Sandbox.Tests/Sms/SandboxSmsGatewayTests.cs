using Connect.Grains.Messaging;
using Connect.Sandbox.Sms;
using Microsoft.Extensions.Time.Testing;

namespace Connect.Sandbox.Tests.Sms;

public sealed class SandboxSmsGatewayTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("sms-sandbox").FullName;
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly SandboxSmsGateway _gateway;

    public SandboxSmsGatewayTests() => _gateway = new(_directory, _time);

    public void Dispose()
    {
        _gateway.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static SmsMessage Message(int row, string campaign = "c1", string text = "Hi", string to = "+61491570156") =>
        new() { AccountId = "a1", CampaignId = campaign, MessageId = $"{campaign}:{row}", To = to, Text = text, Parts = 2 };

    private async Task<HandOverOutcome> Send(SmsMessage message) => (await _gateway.Send(message)).Outcome;

    [Fact]
    public async Task An_accepted_message_is_listed_with_all_that_was_given()
    {
        Assert.Equal(HandOverOutcome.Accepted, await Send(Message(7, text: "Déjà \"vu\" 😀\n\\")));
        var page = await _gateway.List("c1");
        Assert.Equal(
            new SandboxSms { AccountId = "a1", CampaignId = "c1", MessageId = "c1:7", To = "+61491570156", Text = "Déjà \"vu\" 😀\n\\", Parts = 2, At = Noon },
            Assert.Single(page.Messages));
        Assert.Equal((1, 2), (page.Total, page.TotalParts));
    }

    [Fact]
    public async Task Messages_are_listed_by_campaign_and_account_a_slice_at_a_time()
    {
        for (var row = 0; row < 30; row++)
            await Send(Message(row, campaign: row % 3 == 0 ? "c1" : "c10"));
        var page = await _gateway.List("c1", "a1", skip: 2, limit: 3);
        Assert.Equal(["c1:6", "c1:9", "c1:12"], page.Messages.Select(message => message.MessageId));
        Assert.Equal((10, 20), (page.Total, page.TotalParts));
        Assert.Equal(30, (await _gateway.List()).Total);
        Assert.Equal(0, (await _gateway.List("c1", "a2")).Total);
    }

    [Fact]
    public async Task A_text_that_looks_like_another_campaign_is_not_taken_for_one()
    {
        await Send(Message(1, campaign: "c1", text: "\"campaignId\":\"c2\""));
        Assert.Equal(0, (await _gateway.List("c2")).Total);
    }

    [Fact]
    public async Task What_was_accepted_is_there_for_the_next_process_and_a_torn_last_line_is_left_out()
    {
        await Send(Message(1));
        await File.AppendAllTextAsync(Path.Combine(_directory, "sms-000001.jsonl"), "{\"accountId\":\"a1\",\"camp");
        using var next = new SandboxSmsGateway(_directory, _time);
        await next.Send(Message(2));
        Assert.Equal(["c1:1", "c1:2"], (await next.List("c1")).Messages.Select(message => message.MessageId));
        Assert.Equal(2, (await _gateway.List("c1")).Total);
    }

    [Fact]
    public async Task Faults_refuse_prefixes_then_the_next_few_then_lose_answers()
    {
        _gateway.SetFaults(new() { RefusePrefixes = ["+6140"], RefuseNext = 1, LoseAnswerNext = 2 });
        Assert.Equal(HandOverOutcome.Refused, await Send(Message(0, to: "+61400000000")));
        Assert.Equal(HandOverOutcome.Refused, await Send(Message(1)));
        Assert.Equal(HandOverOutcome.Unknown, await Send(Message(2)));
        Assert.Equal(HandOverOutcome.Unknown, await Send(Message(3)));
        Assert.Equal(HandOverOutcome.Accepted, await Send(Message(4)));
        Assert.Equal(["c1:2", "c1:3", "c1:4"], (await _gateway.List("c1")).Messages.Select(message => message.MessageId));
        Assert.Equal((0, 0), (_gateway.Faults.RefuseNext, _gateway.Faults.LoseAnswerNext));
    }

    [Fact]
    public async Task A_slow_sandbox_answers_after_its_delay()
    {
        _gateway.SetFaults(new() { DelayMs = 300 });
        var sending = _gateway.Send(Message(1));
        _time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(sending.IsCompleted);
        Assert.Equal(0, (await _gateway.List()).Total);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HandOverOutcome.Accepted, (await sending).Outcome);
    }

    [Fact]
    public async Task Faults_reach_another_process_through_the_directory()
    {
        using var other = new SandboxSmsGateway(_directory, _time);
        _gateway.SetFaults(new() { RefusePrefixes = ["+61"] });
        Assert.Equal(HandOverOutcome.Refused, (await other.Send(Message(1))).Outcome);
    }

    [Fact]
    public void Impossible_faults_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => _gateway.SetFaults(new() { DelayMs = -1 }));

    [Fact]
    public async Task Concurrent_messages_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var row = 0; row < 1_000; row++)
                await Send(Message(worker * 1_000 + row));
        })));
        var page = await _gateway.List("c1", limit: 10_000);
        Assert.Equal(8_000, page.Messages.Select(message => message.MessageId).Distinct().Count());
    }
}
