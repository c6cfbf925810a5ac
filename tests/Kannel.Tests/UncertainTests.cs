using System.Net;
using System.Net.Sockets;
using Connect.Grains.Messaging;
using Connect.Kannel.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Connect.Kannel.Tests;

/// <summary>What is told when there is no clear answer: certain when it is certain, and never a second try.</summary>
public sealed class UncertainTests
{
    private static readonly string Taken = OddSmsbox.Answer(202, "0: Accepted for delivery");

    [Fact]
    public async Task A_connection_that_breaks_after_the_message_left_makes_it_unknown()
    {
        using var odd = new OddSmsbox(_ => null);
        using var gateway = TestOptions.Gateway(TestOptions.For(odd.Url));
        Assert.Equal(HandOverOutcome.Unknown, (await gateway.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        Assert.Equal(1, odd.Requests);
    }

    [Fact]
    public async Task On_a_connection_that_was_kept_as_well_and_the_message_is_not_sent_again_behind_our_back()
    {
        using var odd = new OddSmsbox(number => number == 1 ? Taken : null);
        using var gateway = TestOptions.Gateway(TestOptions.For(odd.Url));
        Assert.Equal(HandOverOutcome.Accepted, (await gateway.Send(TestOptions.Message("+61400000001", "one"))).Outcome);
        Assert.Equal(HandOverOutcome.Unknown, (await gateway.Send(TestOptions.Message("+61400000002", "two"))).Outcome);
        Assert.Equal(2, odd.Requests);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_makes_it_unknown_and_its_number_is_masked_in_the_log()
    {
        var (time, log) = (new FakeTimeProvider(), new LogList());
        using var odd = new OddSmsbox(_ => "");
        using var gateway = TestOptions.Gateway(TestOptions.For(odd.Url), time, log);
        var sending = gateway.Send(TestOptions.Message("+61400000123", "hello"));
        await odd.Heard.Task;
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(new HandOver(HandOverOutcome.Unknown, "no answer: too late"), await sending);
        var (level, words) = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("Message spring:7 to +********123 may have been taken by Kannel: no answer: too late", words);
        Assert.DoesNotContain("61400000123", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_only_waited_for_a_connection_was_surely_not_taken()
    {
        var time = new FakeTimeProvider();
        using var odd = new OddSmsbox(_ => "");
        var options = TestOptions.For(odd.Url);
        options.Connections = 1;
        using var gateway = TestOptions.Gateway(options, time);
        var first = gateway.Send(TestOptions.Message("+61400000001", "takes the only connection"));
        await odd.Heard.Task;
        // Both are too late at the same instant, and the second may be quick enough to find the place free.
        odd.StopListening();
        var second = gateway.Send(TestOptions.Message("+61400000002", "waits"));
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal((HandOverOutcome.Unknown, HandOverOutcome.Unavailable), ((await first).Outcome, (await second).Outcome));
        Assert.Equal(1, odd.Requests);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_makes_it_unknown()
    {
        using var odd = new OddSmsbox(_ => "HTTP/1.1 5");
        using var gateway = TestOptions.Gateway(TestOptions.For(odd.Url));
        var sending = gateway.Send(TestOptions.Message("+61400000001", "hello"));
        await odd.Heard.Task;
        odd.Dispose();
        Assert.Equal(HandOverOutcome.Unknown, (await sending).Outcome);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_unavailable_and_that_is_told_once_until_it_changes()
    {
        var log = new LogList();
        var port = Closed();
        using var gateway = TestOptions.Gateway(TestOptions.For(new Uri($"http://127.0.0.1:{port}/cgi-bin/sendsms")), log: log);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => gateway.Send(TestOptions.Message($"+614000000{number:D2}", "hello"))));
        Assert.All(answers, answer => Assert.Equal(HandOverOutcome.Unavailable, answer.Outcome));
        var (level, words) = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains($"http://127.0.0.1:{port}/cgi-bin/sendsms", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_unavailable_and_told_once_with_what_to_do_and_its_end_is_told_as_well()
    {
        var log = new LogList();
        var repaired = false;
        using var odd = new OddSmsbox(_ => repaired ? Taken : OddSmsbox.Answer(403, "Authorization failed for sendsms"));
        using var gateway = TestOptions.Gateway(TestOptions.For(odd.Url), log: log);
        for (var number = 0; number < 20; number++)
            Assert.Equal(HandOverOutcome.Unavailable, (await gateway.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        var told = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Error, told.Level);
        Assert.Contains("Kannel:Password", told.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(Testing.KannelServer.Password, told.Words, StringComparison.Ordinal);

        repaired = true;
        Assert.Equal(HandOverOutcome.Accepted, (await gateway.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        Assert.Equal(HandOverOutcome.Accepted, (await gateway.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        Assert.Equal([LogLevel.Error, LogLevel.Information], log.Lines.Select(line => line.Level));
    }

    private static int Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
