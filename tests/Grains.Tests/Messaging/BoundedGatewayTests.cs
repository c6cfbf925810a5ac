using Connect.Grains.Campaigns;
using Connect.Grains.Messaging;
using Connect.Grains.Tests.Campaigns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Connect.Grains.Tests.Messaging;

public sealed class BoundedGatewayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestGateway _inner = new();
    private readonly FakeTimeProvider _time = new();

    private static SmsMessage Message(int row, bool reserved = false) =>
        new() { AccountId = "a", CampaignId = "c", MessageId = $"c:{row}", To = "+61491570156", Text = "x", Parts = 1, Reserved = reserved };

    [Fact]
    public async Task No_more_than_the_rate_reaches_the_gateway()
    {
        using var gateway = new BoundedGateway(_inner, maxPerSecond: 50, maxConcurrent: 0, _time);
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 35).Select(row => gateway.Send(Message(row)))).WaitAsync(Patience);
        // Five at once, and six more lots of five, one every tenth of a second.
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(0.5));
        Assert.Equal(35, _inner.Messages.Count());
    }

    [Fact]
    public async Task What_was_reserved_waits_no_longer_and_a_reservation_is_a_tenth_of_a_seconds_worth_at_most()
    {
        using var gateway = new BoundedGateway(_inner, maxPerSecond: 40, maxConcurrent: 0, _time);
        Assert.Equal(4, await gateway.Reserve(250, default));
        Assert.True(Enumerable.Range(0, 4).All(row => gateway.Send(Message(row, reserved: true)).IsCompletedSuccessfully));
        Assert.Equal(1, await gateway.Reserve(1, default).AsTask().WaitAsync(Patience));
        Assert.Equal(4, _inner.Messages.Count());
    }

    [Fact]
    public async Task A_low_rate_lets_one_through_at_a_time_and_a_cancelled_reservation_takes_none()
    {
        using var gateway = new BoundedGateway(_inner, maxPerSecond: 1, maxConcurrent: 0, _time);
        Assert.Equal(1, await gateway.Reserve(250, default));
        using var cancel = new CancellationTokenSource();
        var waiting = gateway.Reserve(250, cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.Equal(0, await waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task No_more_than_so_many_calls_are_open_and_the_next_goes_when_one_has_ended()
    {
        using var gateway = new BoundedGateway(_inner, maxPerSecond: 0, maxConcurrent: 3, _time);
        var answers = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource<HandOver>()).ToArray();
        _inner.Answer = message => answers[message.MessageId[2] - '0'].Task;
        var calls = Enumerable.Range(0, 5).Select(row => gateway.Send(Message(row, reserved: true))).ToArray();
        Assert.Equal(["c:0", "c:1", "c:2"], _inner.Messages.Select(message => message.MessageId));
        answers[1].SetResult(new(HandOverOutcome.Refused));
        Assert.Equal(HandOverOutcome.Refused, (await calls[1].WaitAsync(Patience)).Outcome);
        answers[3].SetException(new IOException("lost"));
        await Assert.ThrowsAsync<IOException>(() => calls[3].WaitAsync(Patience));
        Assert.Equal(["c:0", "c:1", "c:2", "c:3", "c:4"], _inner.Messages.Select(message => message.MessageId));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Who_waits_too_long_is_told_that_nothing_was_handed_over(int perSecond, int concurrent)
    {
        using var gateway = new BoundedGateway(_inner, perSecond, concurrent, _time);
        _inner.Answer = _ => new TaskCompletionSource<HandOver>().Task;
        _ = gateway.Send(Message(0));
        var late = Enumerable.Range(1, 100).Select(row => gateway.Send(Message(row))).ToArray();
        _time.Advance(BoundedGateway.Patience);
        Assert.Equal(HandOverOutcome.Unavailable, (await late[^1].WaitAsync(Patience)).Outcome);
        Assert.DoesNotContain("c:100", _inner.Messages.Select(message => message.MessageId));
    }

    [Theory]
    [InlineData("0", "0", false)]
    [InlineData("5", "0", true)]
    [InlineData("0", "5", true)]
    public void The_settings_bound_the_gateway_that_is_registered(string perSecond, string concurrent, bool bound)
    {
        var settings = new Dictionary<string, string?> { ["Messaging:MaxPerSecond"] = perSecond, ["Messaging:MaxConcurrent"] = concurrent };
        using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time).AddSingleton<ISmsGateway>(_inner)
            .AddCampaigns(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BoundGateway().BuildServiceProvider();
        Assert.Equal(bound, services.GetRequiredService<ISmsGateway>() is BoundedGateway);
    }
}
