using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Connect.Api.Webhooks;
using Connect.Kannel.Tests.Support;
using Connect.Messaging;
using Connect.Silo.Gateways.Kannel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connect.Kannel.Tests;

/// <summary>What Kannel tells the program, told here in its place: who may tell, what is understood, and what is answered.</summary>
public sealed class CallbackTests(CallbackFixture fixture) : IClassFixture<CallbackFixture>
{
    // Each test reports about a message of its own.
    private static int messages;

    private readonly DeliveryTicket ticket = new() { AccountId = "harbour", Kind = MessageKind.Campaign, CampaignId = "spring", MessageId = $"spring:{Interlocked.Increment(ref messages)}" };

    private IEnumerable<DeliveryReport> Stored => fixture.Stored.Where(report => report.MessageId == ticket.MessageId);

    [Theory]
    [InlineData(1, DeliveryState.Delivered)]
    [InlineData(2, DeliveryState.Undelivered)]
    [InlineData(4, DeliveryState.Passed)]
    [InlineData(8, DeliveryState.Passed)]
    [InlineData(16, DeliveryState.Undelivered)]
    public async Task A_report_of_each_type_is_stored_and_then_answered_with_200(int type, DeliveryState state)
    {
        Assert.Equal(HttpStatusCode.OK, await Get(KannelProgram.Report(ticket, type, "NACK/blocked & gone")));
        var report = Assert.Single(Stored);
        Assert.Equal(("harbour", MessageKind.Campaign, "spring", ticket.MessageId, state), (report.AccountId, report.Kind, report.CampaignId, report.MessageId, report.State));
        Assert.Equal(state == DeliveryState.Undelivered ? "NACK/blocked & gone" : null, report.Reason);
    }

    [Fact]
    public async Task A_report_of_an_unknown_type_changes_nothing_and_is_not_repeated()
    {
        Assert.Equal(HttpStatusCode.OK, await Get(KannelProgram.Report(ticket, 32)));
        Assert.Empty(Stored);
    }

    [Fact]
    public async Task A_report_that_could_not_be_stored_is_answered_with_503_and_stored_when_it_comes_again()
    {
        fixture.StorageFails = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Get(KannelProgram.Report(ticket, 1)));
        fixture.StorageFails = false;
        Assert.Equal(HttpStatusCode.OK, await Get(KannelProgram.Report(ticket, 1)));
        Assert.Single(Stored);
    }

    [Fact]
    public async Task A_forged_report_is_404_and_changes_nothing()
    {
        var good = KannelProgram.Report(ticket, 1);
        var signed = ticket.Sign(KannelProgram.Secret);
        string[] forged =
        [
            KannelGateway.DeliveryPath, $"{KannelGateway.DeliveryPath}?t=1", $"{KannelGateway.DeliveryPath}?m=&t=1", good.Replace(signed, ticket.Sign("another secret!!"), StringComparison.Ordinal),
            good.Replace(signed, "A" + signed[1..], StringComparison.Ordinal), good.Replace(signed, signed[..^2], StringComparison.Ordinal),
            "/gateways/kannel", "/gateways/other/delivery",
        ];
        foreach (var path in forged)
            Assert.Equal(HttpStatusCode.NotFound, await Get(path));
        Assert.Empty(Stored);
    }

    [Fact]
    public async Task A_reply_needs_the_secret_as_its_password()
    {
        foreach (var secret in new[] { null, "", "wrong", KannelProgram.Secret + "0" })
            Assert.Equal(HttpStatusCode.Forbidden, await Status(fixture.Program.Inbound("+61400000011", "+61480000000", "STOP", secret: secret)));
        Assert.Empty(await OptedOut(61400000011));
        Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("+61400000011", "+61480000000", "STOP")));
        Assert.Equal([61400000011], await OptedOut(61400000011));
    }

    [Fact]
    public async Task A_reply_is_read_in_the_alphabet_that_is_named_beside_it()
    {
        Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("61400000002", "+61480000000", "%00S%00t%00o%00p%00%20%04%16", "UTF-16BE")));
        Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("+61400000003", "", "stop+%E9", "8-BIT")));
        Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("+61400000004", "+61480000000", "Thanks+%E2%82%AC+100%")));
        Assert.Equal([61400000002, 61400000003], await OptedOut(61400000002, 61400000003, 61400000004));
    }

    [Fact]
    public async Task A_reply_that_is_repeated_after_another_is_known_by_its_id()
    {
        foreach (var (text, id) in new[] { ("STOP", "5a"), ("START", "5b"), ("STOP", "5a") })
            Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("+61400000021", "", text, id: id)));
        Assert.Empty(await OptedOut(61400000021));
        Assert.Equal(HttpStatusCode.OK, await Status(fixture.Program.Inbound("+61400000021", "", "STOP", id: "5c")));
        Assert.Equal([61400000021], await OptedOut(61400000021));
    }

    [Fact]
    public async Task A_reply_that_is_none_is_refused_by_the_name_of_what_is_wrong()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await Status(fixture.Program.Inbound("", "+61480000000", "STOP")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(fixture.Program.Inbound(new string('1', 41), "+61480000000", "STOP")));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(fixture.Program.Inbound("+61400000001", new string('1', 41), "STOP")));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await Status(fixture.Program.Inbound("+61400000001", "", new string('x', 20_000))));
    }

    [Fact]
    public async Task Without_Kannel_the_program_is_ready_and_says_what_is_missing()
    {
        var health = await fixture.Http.GetStringAsync("/health/ready");
        Assert.Contains("gateway: Degraded Kannel can not be reached at 127.0.0.1:9.", health, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> Get(string path)
    {
        using var answer = await fixture.Http.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> Status(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        return answer.StatusCode;
    }

    private async Task<ulong[]> OptedOut(params ImmutableArray<ulong> numbers) =>
        [.. await fixture.Program.Services.GetRequiredService<IGrainFactory>().GetGrain<IOptOutsGrain>(IOptOutsGrain.Everybody).Which(numbers)];
}

/// <summary>The same from somebody who sends too much of it.</summary>
public sealed class FloodTests(CallbackFixture fixture) : IClassFixture<CallbackFixture>
{
    [Fact]
    public async Task A_flood_is_answered_with_429()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Get()));
        Assert.Contains(HttpStatusCode.NotFound, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    private async Task<HttpStatusCode> Get()
    {
        using var answer = await fixture.Http.GetAsync(KannelGateway.DeliveryPath);
        return answer.StatusCode;
    }
}

/// <summary>A program without a Kannel, which keeps the reports it is given here, and can fail to.</summary>
public sealed class CallbackFixture : IAsyncLifetime
{
    internal KannelProgram Program { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public ConcurrentQueue<DeliveryReport> Stored { get; } = new();

    public bool StorageFails { get; set; }

    public async Task InitializeAsync()
    {
        Program = await KannelProgram.Start(
            KannelProgram.Address(), new Uri("http://127.0.0.1:9/cgi-bin/sendsms"),
            services => services.Replace(ServiceDescriptor.Singleton(_ => new DeliveryReports(Store))), "--RateLimit:GatewayPerSecond=200");
        Http = Program.Http();
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Program.DisposeAsync();
    }

    private Task Store(ImmutableArray<DeliveryReport> reports)
    {
        if (StorageFails)
            return Task.FromException(new InvalidOperationException("The storage fails."));
        foreach (var report in reports)
            Stored.Enqueue(report);
        return Task.CompletedTask;
    }
}
