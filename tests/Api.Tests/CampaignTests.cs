using System.Text;
using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class CampaignTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task A_campaign_stops_at_the_recipient_who_can_not_be_paid_and_the_remaining_get_it_from_a_duplicate()
    {
        var admin = await api.AccountWith(1000, "send-1");
        var draft = (await Create(admin, "send-1", "Friday", "Half price tonight", 1500, "c")).Ok();
        Assert.Equal("draft", draft.Text("status"));
        Assert.Equal(1500, draft.Number("total"));

        (await admin.Post(Path("send-1", draft, "/send"), null, "s")).Ok();
        var ended = await Ended(admin, "send-1", draft.Text("id"));
        Assert.Equal("stopped_out_of_credits", ended.Text("status"));
        Assert.Equal((1000, 500, 1000, 0, 0), (ended.Number("sent"), ended.Number("remaining"), ended.Number("creditsUsed"), ended.Number("skipped"), ended.Number("unknown")));

        var rest = (await admin.Post(Path("send-1", draft, "/duplicate"), null, "d")).Ok();
        Assert.Equal(500, rest.Number("total"));
        var staff = await api.SignIn("send-1", "operator");
        (await staff.Post("/v1/operator/accounts/send-1/grants", new { credits = 600, reason = "r" }, "more")).Ok();
        (await admin.Post(Path("send-1", rest, "/send"), null, "s2")).Ok();
        var completed = await Ended(admin, "send-1", rest.Text("id"));
        Assert.Equal(("completed", 500, 0), (completed.Text("status"), completed.Number("sent"), completed.Number("remaining")));
        Assert.Equal(100, (await admin.Get("/v1/accounts/send-1/credits")).Number("available"));

        var received = await Received(draft.Text("id"));
        received.AddRange(await Received(rest.Text("id")));
        Assert.Equal(1500, received.Count);
        Assert.Equal(1500, received.Distinct().Count());
    }

    [Fact]
    public async Task Recipients_tell_what_became_of_each_in_pages()
    {
        var admin = await api.AccountWith(2, "send-2");
        var draft = (await admin.Post("/v1/accounts/send-2/campaigns", new
        {
            name = "n", text = "Hi {name}",
            recipients = new object[] { new { to = "0412345678", fields = new { name = "Ann" } }, new { to = "rubbish" }, new { to = "0412 345 678" }, "0412345679", new { to = "0412345680" } },
        }, "c")).Ok();
        (await admin.Post(Path("send-2", draft, "/send"), null, "s")).Ok();
        var ended = await Ended(admin, "send-2", draft.Text("id"));
        Assert.Equal((5, 2, 2, 1), (ended.Number("total"), ended.Number("sent"), ended.Number("skipped"), ended.Number("remaining")));

        var first = (await admin.Get(Path("send-2", draft, "/recipients?limit=3"))).Ok().Json;
        var second = (await admin.Get(Path("send-2", draft, $"/recipients?limit=3&after={first["nextCursor"]}"))).Ok().Json;
        Assert.Equal(
            ["sent", "skipped_invalid_number", "skipped_duplicate", "sent", "not_sent_out_of_credits"],
            first["recipients"]!.AsArray().Concat(second["recipients"]!.AsArray()).Select(recipient => recipient!["status"]!.GetValue<string>()));
        Assert.Null(second["nextCursor"]);
        var sms = (await api.Anonymous().Get($"/sandbox/sms?campaignId={draft.Text("id")}")).Ok().Json["messages"]!.AsArray();
        Assert.Contains(sms, message => message!["text"]!.GetValue<string>() == "Hi Ann" && message["to"]!.GetValue<string>() == "+61412345678");
    }

    [Fact]
    public async Task Recipients_come_from_csv_too()
    {
        var admin = await api.SignIn("send-3");
        var csv = new StringBuilder("name,to\r\n");
        for (var n = 0; n < 2500; n++)
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"Guest, {n}\",04{n:00000000}\r\n");
        var draft = (await admin.PostText("/v1/accounts/send-3/campaigns?name=n&text=Hi%20%7Bname%7D", csv.ToString(), "text/csv", "c")).Ok();
        Assert.Equal(2500, draft.Number("total"));
        Assert.Equal("Hi {name}", draft.Text("text"));
    }

    [Fact]
    public async Task A_csv_with_bytes_that_are_no_utf8_is_refused_and_one_with_a_byte_order_mark_is_read()
    {
        var admin = await api.SignIn("csv-bytes");
        byte[] mark = [0xEF, 0xBB, 0xBF], text = "to,name\n0412345678,Zo"u8.ToArray();
        (await admin.PostBytes("/v1/accounts/csv-bytes/campaigns?name=n&text=t", [.. text, 0xEB, (byte)'\n'], "text/csv")).Problem(400, "validation", "body");
        (await admin.PostBytes("/v1/accounts/csv-bytes/campaigns?name=n&text=t", [.. mark, .. text, 0xEB, (byte)'\n'], "text/csv")).Problem(400, "validation", "body");
        Assert.Equal(1, (await admin.PostBytes("/v1/accounts/csv-bytes/campaigns?name=n&text=t", [.. mark, .. text], "text/csv")).Ok().Number("total"));
    }

    [Theory]
    [InlineData("telephone\n0412345678", "to")]
    [InlineData("to,TO\n0412345678,0412345679", "to")]
    [InlineData("", "to")]
    [InlineData("to,name\n", "recipients")]
    [InlineData("to,name\n0412345678\n0412345679,Ann,Bob", "recipients[0]")]
    [InlineData("to,name\n0412345678,\"Ann\n", "recipients[0]")]
    public async Task A_csv_that_can_not_be_read_names_the_line_and_leaves_no_draft(string csv, string field)
    {
        var account = "csv-" + Math.Abs(StringComparer.Ordinal.GetHashCode(csv));
        var admin = await api.SignIn(account);
        (await admin.PostText($"/v1/accounts/{account}/campaigns?name=n&text=t", csv, "text/csv", "c")).Problem(400, "validation", field);
        Assert.All((await admin.Get($"/v1/accounts/{account}/campaigns")).Ok().Json["campaigns"]!.AsArray(), campaign => Assert.Equal("canceled", campaign!["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_hundred_thousand_recipients_are_taken()
    {
        var admin = await api.SignIn("send-4");
        var draft = (await Create(admin, "send-4", "n", "t", 100_000, "c")).Ok();
        Assert.Equal(100_000, draft.Number("total"));
        Assert.Equal(0, draft.Number("skipped"));
    }

    [Fact]
    public async Task Creating_again_with_the_same_key_makes_one_draft_and_with_another_body_none()
    {
        var admin = await api.SignIn("send-5");
        var first = (await Create(admin, "send-5", "n", "t", 3, "c")).Ok();
        Assert.Equal(first.Body, (await Create(admin, "send-5", "n", "t", 3, "c")).Ok().Body);
        (await Create(admin, "send-5", "n", "t", 4, "c")).Problem(422, "operation-id-reused");
        Assert.Single((await admin.Get("/v1/accounts/send-5/campaigns")).Ok().Json["campaigns"]!.AsArray());
        Assert.EndsWith($"/v1/accounts/send-5/campaigns/{first.Text("id")}", first.Headers["Location"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_twice_at_once_sends_once()
    {
        var admin = await api.AccountWith(100, "send-6");
        var draft = (await Create(admin, "send-6", "n", "t", 10, "c")).Ok();
        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => admin.Post(Path("send-6", draft, "/send"), null, $"s{n}")));
        Assert.Equal(1, replies.Count(reply => (int)reply.Status == 202));
        foreach (var reply in replies.Where(reply => (int)reply.Status != 202))
            reply.Problem(409, "campaign-already-started");
        await Ended(admin, "send-6", draft.Text("id"));
        Assert.Equal(90, (await admin.Get("/v1/accounts/send-6/credits")).Number("available"));
        Assert.Equal(10, (await Received(draft.Text("id"))).Count);
    }

    [Fact]
    public async Task A_campaign_of_another_account_does_not_exist_here()
    {
        var owner = await api.SignIn("send-7");
        var other = await api.SignIn("send-8");
        var draft = (await Create(owner, "send-7", "n", "t", 3, "c")).Ok();
        (await other.Get(Path("send-8", draft))).Problem(404, "not-found");
        (await other.Get(Path("send-8", draft, "/recipients"))).Problem(404, "not-found");
        foreach (var action in new[] { "/send", "/cancel", "/duplicate" })
            (await other.Post(Path("send-8", draft, action), null, action)).Problem(404, "not-found");
    }

    [Fact]
    public async Task A_cancelled_campaign_can_not_be_sent_and_a_draft_can_not_be_duplicated()
    {
        var admin = await api.AccountWith(10, "send-9");
        var draft = (await Create(admin, "send-9", "n", "t", 3, "c")).Ok();
        (await admin.Post(Path("send-9", draft, "/duplicate"), null, "d")).Problem(409, "campaign-not-ended");
        Assert.Equal("canceled", (await admin.Post(Path("send-9", draft, "/cancel"))).Ok().Text("status"));
        (await admin.Post(Path("send-9", draft, "/cancel"))).Problem(409, "campaign-ended");
        Assert.Equal(409, (int)(await admin.Post(Path("send-9", draft, "/send"), null, "s")).Status);
        Assert.Equal(10, (await admin.Get("/v1/accounts/send-9/credits")).Number("available"));
    }

    public static TheoryData<string, string, string> BadCampaigns => new()
    {
        { """{"text":"t","recipients":[{"to":"0412345678"}]}""", "validation", "name" },
        { """{"name":"","text":"t","recipients":[{"to":"0412345678"}]}""", "validation", "name" },
        { $$"""{"name":"{{new string('n', 101)}}","text":"t","recipients":[{"to":"0412345678"}]}""", "validation", "name" },
        { """{"name":"n","recipients":[{"to":"0412345678"}]}""", "validation", "text" },
        { """{"name":"n","text":" ","recipients":[{"to":"0412345678"}]}""", "validation", "text" },
        { """{"name":"n","text":5,"recipients":[{"to":"0412345678"}]}""", "validation", "text" },
        { """{"name":"n","text":"t"}""", "validation", "recipients" },
        { """{"name":"n","text":"t","recipients":[]}""", "validation", "recipients" },
        { """{"name":"n","text":"t","recipients":"all"}""", "validation", "recipients" },
        { """{"name":"n","text":"t","recipients":[null]}""", "validation", "recipients[0].to" },
        { """{"name":"n","text":"t","recipients":[{"to":"0412345678"},{}]}""", "validation", "recipients[1].to" },
        { """{"name":"n","text":"t","recipients":[{"to":"0412345678","fields":{"a":null}}]}""", "validation", "recipients[0].fields.a" },
        { """{"name":"n","text":"t","recipients":[{"to":"0412345678"}],"scheduledAt":"2001-01-01T00:00:00Z"}""", "validation", "scheduledAt" },
        { """{"name":"n","text":"t","recipients":[{"to":"0412345678"}],"scheduledAt":"soon"}""", "validation", "scheduledAt" },
        { $$"""{"name":"n","text":"{{new string('x', 481)}}","recipients":[{"to":"0412345678"}]}""", "message-too-long", "text" },
    };

    [Theory, MemberData(nameof(BadCampaigns))]
    public async Task A_campaign_that_can_not_be_names_the_field(string body, string type, string field) =>
        (await (await api.SignIn("send-bad")).PostText("/v1/accounts/send-bad/campaigns", body, key: "c")).Problem(type == "validation" ? 400 : 422, type, field);

    [Fact]
    public async Task An_estimate_says_what_it_takes_and_what_is_missing()
    {
        var admin = await api.AccountWith(3, "est-1");
        var body = new { text = new string('x', 161), recipients = new[] { new { to = "0412345678" }, new { to = "0412345679" }, new { to = "x" } } };
        var estimate = (await admin.Post("/v1/accounts/est-1/messages/estimate", body)).Ok();
        Assert.Equal((2, 1, 4, 2), (estimate.Number("recipients"), estimate.Number("skipped"), estimate.Number("credits"), estimate.Number("parts")));
        Assert.Equal((3, 1, false), (estimate.Number("available"), estimate.Number("shortfall"), estimate.Json["covered"]!.GetValue<bool>()));

        var dear = (await admin.Post("/v1/accounts/est-1/messages/estimate", new { text = new string('x', 100) + "…", recipients = new[] { "0412345678" } })).Ok();
        Assert.Equal((2, 1, "…", "..."), (dear.Number("parts"), dear.Number("plainParts"), dear.Json["replacements"]![0]!["character"]!.GetValue<string>(), dear.Json["replacements"]![0]!["plain"]!.GetValue<string>()));
        var member = (await (await api.SignIn("est-1", "member")).Post("/v1/accounts/est-1/messages/estimate", body)).Ok();
        Assert.Null(member.Json["available"]);
        Assert.Null(member.Json["shortfall"]);
        Assert.False(member.Json["covered"]!.GetValue<bool>());
        (await admin.Post("/v1/accounts/est-1/messages/estimate", new { text = new string('x', 481), recipients = new[] { "0412345678" } })).Problem(422, "message-too-long", "text");
        (await admin.Post("/v1/accounts/est-1/messages/estimate", new { text = "x" })).Problem(400, "validation", "recipients");
    }

    private static Task<Reply> Create(Client client, string account, string name, string text, int recipients, string key)
    {
        var list = new JsonArray([.. Enumerable.Range(0, recipients).Select(n => (JsonNode)new JsonObject { ["to"] = $"04{10_000_000 + n}" })]);
        return client.PostText($"/v1/accounts/{account}/campaigns", new JsonObject { ["name"] = name, ["text"] = text, ["recipients"] = list }.ToJsonString(), key: key);
    }

    private static string Path(string account, Reply campaign, string rest = "") => $"/v1/accounts/{account}/campaigns/{campaign.Text("id")}{rest}";

    private static async Task<Reply> Ended(Client client, string account, string id)
    {
        Reply? campaign = null;
        await Poll.Until(
            async () => (campaign = (await client.Get($"/v1/accounts/{account}/campaigns/{id}")).Ok()).Text("status") is "completed" or "stopped_out_of_credits" or "canceled", "the campaign ends");
        return campaign!;
    }

    private async Task<List<string>> Received(string campaignId) =>
        [.. (await api.Anonymous().Get($"/sandbox/sms?campaignId={campaignId}")).Ok().Json["messages"]!.AsArray().Select(message => message!["to"]!.GetValue<string>())];
}
