using System.Reflection;
using System.Text.Json.Nodes;
using Connect.Accounts;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Tests.Support;
using Connect.Automations;
using Connect.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class AutomationTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    private static object Body(string to = "0412345678", string text = "Hi {name}", string name = "Ann") => new { to, text, fields = new { name } };

    private static string Path(string account, string flow) => $"/v1/accounts/{account}/automations/{flow}/messages";

    [Fact]
    public async Task A_message_is_sent_once_and_not_without_credits()
    {
        var member = await api.SignIn("auto-1", "member");
        await api.AccountWith(1, "auto-1");
        var path = Path("auto-1", "welcome");
        var sent = (await member.Post(path, Body(), "k1")).Ok();
        Assert.Equal(("sent", 1), (sent.Text("status"), sent.Number("creditsUsed")));
        var refused = (await member.Post(path, Body(), "k2")).Problem(402, "insufficient-credits");
        Assert.Equal((1, 0, 1), (refused.Number("required"), refused.Number("available"), refused.Number("shortfall")));
        (await member.Post(path, Body(to: "rubbish"), "k3")).Problem(400, "validation", "to");
        (await member.Post(path, Body(text: ""), "k3")).Problem(400, "validation", "text");
        (await member.Post(path, new { text = "Hi" }, "k3")).Problem(400, "validation", "to");
        (await member.Post(path, Body(text: new string('x', 481)), "k3")).Problem(422, "message-too-long", "text");
        (await member.Post(Path("auto-1", "a%20b"), Body(), "k3")).Problem(400, "validation", "flow");

        var flow = await Counted(member, "auto-1", "welcome", flow => flow.Number("notSentOutOfCredits") == 1);
        Assert.Equal((1, 1, 0, 0, 0), (flow.Number("sent"), flow.Number("creditsUsed"), flow.Number("failed"), flow.Number("unknown"), flow.Number("optedOut")));
        var days = flow.Json["days"]!.AsArray();
        Assert.Equal(30, days.Count);
        Assert.Equal(api.Now().UtcDateTime.ToString("yyyy-MM-dd", null), days[^1]!["day"]!.GetValue<string>());
        Assert.Equal((1, 1, 1), (Sum(days, "sent"), Sum(days, "creditsUsed"), Sum(days, "notSentOutOfCredits")));
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_says_so_and_another_body_is_refused()
    {
        var admin = await api.AccountWith(1, "auto-2");
        var path = Path("auto-2", "again");
        var sent = (await admin.Post(path, Body(), "k1")).Ok();
        var refused = (await admin.Post(path, Body(), "k2")).Problem(402, "insufficient-credits");
        Assert.All([sent, refused], reply => Assert.False(reply.Headers.ContainsKey("Idempotency-Replayed")));
        var staff = await api.SignIn("auto-2", "operator");
        (await staff.Post("/v1/operator/accounts/auto-2/grants", new { credits = 5, reason = "r" }, "more")).Ok();

        foreach (var (key, first) in new[] { ("k1", sent), ("k2", refused) })
        {
            var again = await admin.Post(path, Body(), key);
            Assert.Equal((first.Status, first.Body, "true"), (again.Status, WithoutTrace(again.Body, first.Body), again.Headers["Idempotency-Replayed"]));
            (await admin.Post(path, Body(text: "Bye"), key)).Problem(422, "operation-id-reused");
            (await admin.Post(path, Body(to: "0412345679"), key)).Problem(422, "operation-id-reused");
            (await admin.Post(path, Body(name: "Bob"), key)).Problem(422, "operation-id-reused");
        }

        Assert.Equal(5, (await admin.Get("/v1/accounts/auto-2/credits")).Number("available"));
        // What could not be sent to anybody left its key free.
        (await admin.Post(path, Body(to: "rubbish"), "k3")).Problem(400, "validation", "to");
        (await admin.Post(path, Body(), "k3")).Ok();
        Assert.Equal(2, (await Received("again")).Count);
    }

    [Fact]
    public async Task Many_at_once_with_one_key_send_one_message()
    {
        var admin = await api.AccountWith(10, "auto-3");
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => admin.Post(Path("auto-3", "at-once"), Body(), "k1")));
        Assert.All(replies, reply => Assert.Equal(replies[0].Body, reply.Ok().Body));
        Assert.Equal(19, replies.Count(reply => reply.Headers.ContainsKey("Idempotency-Replayed")));
        Assert.Equal(9, (await admin.Get("/v1/accounts/auto-3/credits")).Number("available"));
        Assert.Single(await Received("at-once"));
    }

    [Fact]
    public async Task A_person_who_wants_none_gets_none()
    {
        var admin = await api.AccountWith(10, "auto-4");
        await api.Services.GetRequiredService<IGrainFactory>().GetGrain<IOptOutsGrain>("auto-4").Add([61412345678], OptOutSource.Person, "ana");
        var reply = (await admin.Post(Path("auto-4", "stopped"), Body(), "k1")).Ok();
        Assert.Equal(("opted_out", 0), (reply.Text("status"), reply.Number("creditsUsed")));
        Assert.Equal(10, (await admin.Get("/v1/accounts/auto-4/credits")).Number("available"));
        Assert.Empty(await Received("stopped"));
    }

    [Fact]
    public async Task Flows_are_listed_in_pages_by_name()
    {
        var admin = await api.AccountWith(10, "auto-5");
        foreach (var flow in new[] { "list-c", "list-a", "list-b" })
            (await admin.Post(Path("auto-5", flow), Body(), "k1")).Ok();
        var first = (await admin.Get("/v1/accounts/auto-5/automations?limit=2")).Ok().Json;
        var second = (await admin.Get($"/v1/accounts/auto-5/automations?limit=2&after={first["nextCursor"]}")).Ok().Json;
        Assert.Equal(["list-a", "list-b", "list-c"], first["automations"]!.AsArray().Concat(second["automations"]!.AsArray()).Select(flow => flow!["flow"]!.GetValue<string>()));
        Assert.Null(second["nextCursor"]);
        (await admin.Get("/v1/accounts/auto-5/automations?limit=0")).Problem(400, "validation", "limit");
        Assert.Empty((await (await api.SignIn("auto-6")).Get("/v1/accounts/auto-6/automations")).Ok().Json["automations"]!.AsArray());
        (await admin.Get("/v1/accounts/auto-6/automations")).Problem(403, "account-access-denied");
    }

    [Fact]
    public async Task A_gateway_that_is_away_is_a_problem_of_its_own_that_says_when_to_try_again()
    {
        var automations = new AutomationsService(new GrainCalls(DispatchProxy.Create<IGrainFactory, GrainsWithoutGateway>()));
        var caller = new Caller("user", "Ann", Role.Admin, "auto-7");
        var problem = (await automations.Send(caller, "auto-7", "flow", "op", "Hi", new() { To = "0412345678" })).Answer.Problem!;
        Assert.Equal(("gateway-unavailable", 503, 10), (problem.Type, problem.Status, problem.RetryAfter));
    }

    [Fact]
    public async Task Ten_automations_and_two_campaigns_at_once_share_the_balance_to_the_last_credit()
    {
        const int credits = 700;
        var admin = await api.AccountWith(credits, "auto-all");
        var campaigns = new List<string>();
        foreach (var name in new[] { "first", "second" })
        {
            var list = new JsonArray([.. Enumerable.Range(0, 300).Select(n => (JsonNode)new JsonObject { ["to"] = $"04{10_000_000 + n}" })]);
            var body = new JsonObject { ["name"] = name, ["text"] = "t", ["recipients"] = list };
            campaigns.Add((await admin.PostText("/v1/accounts/auto-all/campaigns", body.ToJsonString(), key: name)).Ok().Text("id"));
        }

        var flows = Enumerable.Range(0, 10).Select(number => $"all-{number}").ToArray();
        var messages = Task.WhenAll(flows.SelectMany(flow => Enumerable.Range(0, 20).Select(number => admin.Post(Path("auto-all", flow), Body(), $"m{number}"))));
        var sends = Task.WhenAll(campaigns.Select(id => admin.Post($"/v1/accounts/auto-all/campaigns/{id}/send", null, $"s{id}")));
        foreach (var reply in await sends)
            reply.Ok();
        var replies = await messages;
        var (sentByCampaigns, sentByFlows) = (0L, replies.Count(reply => (int)reply.Status == 200));
        foreach (var id in campaigns)
        {
            Reply? ended = null;
            await Poll.Until(
                async () => (ended = (await admin.Get($"/v1/accounts/auto-all/campaigns/{id}")).Ok()).Text("status") is "completed" or "stopped_out_of_credits", "the campaign ends");
            Assert.Equal((300, 0), (ended!.Number("sent") + ended.Number("remaining"), ended.Number("unknown")));
            Assert.Equal(ended.Number("sent"), (await Received(id)).Distinct().Count());
            Assert.Equal(ended.Number("sent"), (await Received(id)).Count);
            sentByCampaigns += ended.Number("sent");
        }

        Assert.Equal((credits, 0), (sentByCampaigns + sentByFlows, (await admin.Get("/v1/accounts/auto-all/credits")).Number("available")));
        Assert.All(replies.Where(reply => (int)reply.Status != 200), reply => reply.Problem(402, "insufficient-credits"));
        var counted = (Sent: 0L, Used: 0L, NotSent: 0L, Received: 0L);
        foreach (var flow in flows)
        {
            var figures = await Counted(admin, "auto-all", flow, flow => flow.Number("sent") + flow.Number("notSentOutOfCredits") == 20);
            counted.Sent += figures.Number("sent");
            counted.Used += figures.Number("creditsUsed");
            counted.NotSent += figures.Number("notSentOutOfCredits");
            counted.Received += (await Received(flow)).Count;
        }

        Assert.Equal((sentByFlows, sentByFlows, 200 - sentByFlows, sentByFlows), counted);
        Assert.Empty((await api.Services.GetRequiredService<IGrainFactory>().GetGrain<Connect.Accounts.IAccountGrain>("auto-all").Check()).Findings);
    }

    private static long Sum(JsonArray days, string name) => days.Sum(day => day![name]!.GetValue<long>());

    // A problem names its request; the rest is the same.
    private static string WithoutTrace(string body, string first)
    {
        if (JsonNode.Parse(body) is not JsonObject { } json || json["traceId"] is null)
            return body;
        json["traceId"] = JsonNode.Parse(first)!["traceId"]!.DeepClone();
        return json.ToJsonString();
    }

    private static async Task<Reply> Counted(Client client, string account, string flow, Func<Reply, bool> counted)
    {
        Reply? figures = null;
        await Poll.Until(async () => counted(figures = (await client.Get($"/v1/accounts/{account}/automations/{flow}")).Ok()), "the flow has counted");
        return figures!;
    }

    private async Task<List<string>> Received(string campaign) =>
        [.. (await api.Anonymous().Get($"/sandbox/sms?campaignId={campaign}")).Ok().Json["messages"]!.AsArray().Select(message => message!["to"]!.GetValue<string>())];

    /// <summary>Grains of a flow that finds no gateway. Public, since the proxy is made beside it.</summary>
    public class GrainsWithoutGateway : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name == nameof(IAutomationGrain.Send)
            ? Task.FromResult(new AutomationResult { Outcome = AutomationOutcome.GatewayUnavailable })
            : Create<IAutomationGrain, GrainsWithoutGateway>();
    }
}
