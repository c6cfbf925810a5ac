using System.Net;
using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;
using Connect.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class MessagingTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task Numbers_are_added_in_any_usual_form_each_refused_one_is_named_and_again_changes_nothing()
    {
        var member = await api.SignIn("outs-1", "member", "mia");
        var numbers = new[] { "0412 345 678", "rubbish", "+61412345679", null, "0412345678", "02 9999 9999", new string('1', 100) };
        var added = (await member.Post(Path("outs-1"), new { numbers })).Ok().Json;
        Assert.Equal(2, added["optedOut"]!.GetValue<int>());
        Assert.Equal(
            [(1, "rubbish"), (3, ""), (5, "02 9999 9999"), (6, new string('1', 64))],
            added["refused"]!.AsArray().Select(refused => (refused!["row"]!.GetValue<int>(), refused["number"]!.GetValue<string>())));
        Assert.All(added["refused"]!.AsArray(), refused => Assert.Equal("This is not a mobile number.", refused!["reason"]!.GetValue<string>()));

        var list = (await member.Get(Path("outs-1"))).Ok();
        await (await api.SignIn("outs-1", "admin", "ana")).Post(Path("outs-1"), new { numbers = new[] { "0412345678" } });
        Assert.Equal(list.Body, (await member.Get(Path("outs-1"))).Ok().Body);
        Assert.Equal(2, list.Number("total"));
        var first = list.Json["optOuts"]![0]!;
        Assert.Equal(
            ("+61412345678", "person", "mia", false),
            (first["number"]!.GetValue<string>(), first["source"]!.GetValue<string>(), first["by"]!.GetValue<string>(), first["everybody"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task The_list_comes_in_pages_and_is_searched_by_number()
    {
        var admin = await api.SignIn("outs-2");
        var added = (await admin.Post(Path("outs-2"), new { numbers = Enumerable.Range(1, 2_500).Select(number => $"+61413{number:000000}").Append("rubbish") })).Ok();
        Assert.Equal((2_500, 2_500), (added.Number("optedOut"), added.Json["refused"]![0]!["row"]!.GetValue<int>()));
        var page = (await admin.Get(Path("outs-2", "?limit=2"))).Ok();
        Assert.Equal((2_500, 61_413_000_002), (page.Number("total"), page.Number("nextCursor")));
        var next = (await admin.Get(Path("outs-2", "?limit=2&after=61413000002"))).Ok();
        Assert.Equal(["+61413000003", "+61413000004"], Numbers(next));
        Assert.Null((await admin.Get(Path("outs-2", "?limit=1000&after=61413001500"))).Ok().Json["nextCursor"]);

        Assert.Equal(["+61413000007"], Numbers(await admin.Get(Path("outs-2", "?number=0413%20000%20007"))));
        Assert.Empty(Numbers(await admin.Get(Path("outs-2", "?number=0413999999"))));
        (await admin.Get(Path("outs-2", "?number=rubbish"))).Problem(400, "validation", "number");
        (await admin.Get(Path("outs-2", "?after=-1"))).Problem(400, "validation", "after");
        (await admin.Get(Path("outs-2", "?limit=0"))).Problem(400, "validation", "limit");
        (await admin.Get(Path("outs-2", "?limit=1001"))).Problem(400, "validation", "limit");
    }

    [Fact]
    public async Task A_number_is_taken_off_the_list_and_again_changes_nothing()
    {
        var admin = await api.SignIn("outs-3");
        (await admin.Post(Path("outs-3"), new { numbers = new[] { "0412345678", "0412345679" } })).Ok();
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete(Path("outs-3", "/+61412345678"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete(Path("outs-3", "/0412345678"))).Status);
        Assert.Equal(["+61412345679"], Numbers(await admin.Get(Path("outs-3"))));
        (await admin.Delete(Path("outs-3", "/rubbish"))).Problem(400, "validation", "number");
    }

    [Theory]
    [InlineData("""{}""", "numbers")]
    [InlineData("""{"numbers":[]}""", "numbers")]
    [InlineData("""{"numbers":"0412345678"}""", "numbers")]
    public async Task Without_numbers_nothing_is_added(string body, string field) =>
        (await (await api.SignIn("outs-4")).PostText(Path("outs-4"), body)).Problem(400, "validation", field);

    [Fact]
    public async Task More_numbers_than_a_request_takes_are_refused()
    {
        var many = Enumerable.Repeat("0412345678", 10_001);
        (await (await api.SignIn("outs-5")).Post(Path("outs-5"), new { numbers = many })).Problem(400, "validation", "numbers");
    }

    [Fact]
    public async Task What_a_person_asked_of_everybody_is_shown_and_only_an_operator_looks_at_the_list_and_takes_a_number_off()
    {
        var (admin, staff) = (await api.SignIn("outs-6"), await api.SignIn("outs-6", "operator"));
        Assert.Equal(InboundOutcome.OptedOut, await Reply("+61414000001", "STOP"));
        var found = (await admin.Get(Path("outs-6", "?number=0414000001"))).Ok();
        Assert.Equal((true, "reply", "STOP"), (Field(found, "everybody").GetValue<bool>(), Field(found, "source").GetValue<string>(), Field(found, "by").GetValue<string>()));
        (await admin.Delete(Path("outs-6", "/0414000001"))).Problem(409, "opted-out-of-everybody");
        (await admin.Get("/v1/operator/opt-outs")).Problem(403, "operator-required");
        (await admin.Delete("/v1/operator/opt-outs/0414000001")).Problem(403, "operator-required");

        Assert.Equal(["+61414000001"], Numbers(await staff.Get("/v1/operator/opt-outs?number=0414000001")));
        Assert.Contains("+61414000001", Numbers(await staff.Get("/v1/operator/opt-outs?limit=1000")));
        Assert.Equal(HttpStatusCode.NoContent, (await staff.Delete("/v1/operator/opt-outs/+61414000001")).Status);
        Assert.Empty(Numbers(await admin.Get(Path("outs-6", "?number=0414000001"))));
    }

    [Fact]
    public async Task Members_and_admins_change_opt_outs_operators_look_and_billing_people_do_neither()
    {
        await api.SignIn("outs-7");
        var (billing, staff) = (await api.SignIn("outs-7", "billing"), await api.SignIn("outs-7", "operator"));
        foreach (var path in new[] { "opt-outs", "messaging" })
            (await billing.Get($"/v1/accounts/outs-7/{path}")).Problem(403, "campaign-access-required");
        (await billing.Post(Path("outs-7"), new { numbers = new[] { "0412345678" } })).Problem(403, "campaign-access-required");
        (await billing.Delete(Path("outs-7", "/0412345678"))).Problem(403, "campaign-access-required");
        (await billing.Put("/v1/accounts/outs-7/messaging", new { country = "NZ" })).Problem(403, "campaign-access-required");
        (await staff.Get(Path("outs-7"))).Ok();
        (await staff.Post(Path("outs-7"), new { numbers = new[] { "0412345678" } })).Problem(403, "account-access-denied");
        (await staff.Put("/v1/accounts/outs-7/messaging", new { country = "NZ" })).Problem(403, "account-access-denied");
    }

    [Fact]
    public async Task Numbers_without_a_country_code_are_read_for_the_account_s_country()
    {
        var admin = await api.SignIn("set-1");
        Assert.Equal("AU", (await admin.Get("/v1/accounts/set-1/messaging")).Ok().Text("country"));
        Assert.Equal("NZ", (await admin.Put("/v1/accounts/set-1/messaging", new { country = "nz" })).Ok().Text("country"));
        (await admin.Post(Path("set-1"), new { numbers = new[] { "021 123 4567" } })).Ok();
        Assert.Equal(["+64211234567"], Numbers(await admin.Get(Path("set-1"))));
        (await admin.Put("/v1/accounts/set-1/messaging", new { country = "XX" })).Problem(400, "validation", "country");
        (await admin.Put("/v1/accounts/set-1/messaging", new { })).Problem(400, "validation", "country");
        Assert.Equal("NZ", (await admin.Get("/v1/accounts/set-1/messaging")).Ok().Text("country"));
    }

    [Fact]
    public async Task An_operator_gives_an_account_a_sender_number_that_no_other_can_have()
    {
        var (admin, staff) = (await api.SignIn("set-2"), await api.SignIn("set-2", "operator"));
        await api.SignIn("set-3");
        (await admin.Put("/v1/operator/accounts/set-2/sender", new { number = "+61480111111" })).Problem(403, "operator-required");
        (await staff.Put("/v1/operator/accounts/set-2/sender", new { number = "+61 480 111 111" })).Ok();
        Assert.Equal("+61480111111", (await admin.Get("/v1/accounts/set-2/messaging")).Ok().Text("sender"));
        (await staff.Put("/v1/operator/accounts/set-3/sender", new { number = "+61480111111" })).Problem(409, "sender-taken");
        (await staff.Put("/v1/operator/accounts/set-3/sender", new { number = "BISTRO" })).Problem(400, "validation", "number");

        Assert.Equal(InboundOutcome.OptedOut, await Reply("+61414000002", "stop", "61480111111"));
        Assert.Equal(["+61414000002"], Numbers(await admin.Get(Path("set-2"))));
        Assert.Empty(Numbers(await (await api.SignIn("set-3")).Get(Path("set-3", "?number=0414000002"))));

        Assert.Null((await staff.Put("/v1/operator/accounts/set-2/sender", new { number = (string?)null })).Ok().Json["sender"]);
        (await staff.Put("/v1/operator/accounts/set-3/sender", new { number = "+61480111111" })).Ok();
    }

    private static string Path(string account, string rest = "") => $"/v1/accounts/{account}/opt-outs{rest}";

    private static IEnumerable<string> Numbers(Reply list) => list.Ok().Json["optOuts"]!.AsArray().Select(found => found!["number"]!.GetValue<string>());

    private static JsonNode Field(Reply list, string member) => list.Json["optOuts"]!.AsArray().Single()![member]!;

    private Task<InboundOutcome> Reply(string from, string text, string to = "") => api.Services.GetRequiredService<IGrainFactory>().GetGrain<IInboundGrain>(0)
        .Receive(new() { From = from, To = to, Text = text, At = api.Now() });
}
