using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class CoverageTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task A_draft_s_estimate_leaves_out_what_expires_before_its_time_and_says_what_to_buy()
    {
        var admin = await Account("cover-1");
        var at = api.Now().AddDays(3);
        var draft = (await Draft(admin, "cover-1", 240, at)).Text("id");
        var estimate = (await admin.Get($"/v1/accounts/cover-1/campaigns/{draft}/estimate")).Ok();
        Assert.Equal((240, 240, 120, 40, 200), (estimate.Number("recipients"), estimate.Number("credits"), estimate.Number("available"), estimate.Number("availableThen"), estimate.Number("shortfall")));
        Assert.False(estimate.Json["covered"]!.GetValue<bool>());
        Assert.Equal(at, estimate.Json["scheduledAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal((200, 2_090), (estimate.Json["buy"]!["credits"]!.GetValue<long>(), estimate.Json["buy"]!["total"]!["amount"]!.GetValue<long>()));

        (await admin.Post($"/v1/accounts/cover-1/campaigns/{draft}/send", null, "s")).Ok();
        Assert.Equal(200, (await admin.Get($"/v1/accounts/cover-1/campaigns/{draft}/estimate")).Ok().Number("shortfall"));
        var alert = Assert.Single((await admin.Get("/v1/accounts/cover-1/alerts")).Ok().Json["alerts"]!.AsArray())!;
        Assert.Equal($"not-covered:{draft}:scheduled", alert["id"]!.GetValue<string>());
        (await admin.Post($"/v1/accounts/cover-1/campaigns/{draft}/cancel")).Ok();
        Assert.Empty((await admin.Get("/v1/accounts/cover-1/alerts")).Ok().Json["alerts"]!.AsArray());
        (await admin.Get($"/v1/accounts/cover-1/campaigns/{draft}/estimate")).Problem(409, "campaign-already-started");
    }

    [Fact]
    public async Task A_member_is_told_whether_it_is_covered_and_not_by_how_much()
    {
        var admin = await Account("cover-2");
        var draft = (await Draft(admin, "cover-2", 240, api.Now().AddDays(3))).Text("id");
        var estimate = (await (await api.SignIn("cover-2", "member")).Get($"/v1/accounts/cover-2/campaigns/{draft}/estimate")).Ok();
        Assert.False(estimate.Json["covered"]!.GetValue<bool>());
        Assert.All(new[] { "available", "availableThen", "shortfall", "buy" }, member => Assert.Null(estimate.Json[member]));
        (await (await api.SignIn("cover-x")).Get($"/v1/accounts/cover-2/campaigns/{draft}/estimate")).Problem(403, "account-access-denied");
        (await admin.Get("/v1/accounts/cover-2/campaigns/none/estimate")).Problem(404, "not-found");
    }

    [Fact]
    public async Task An_estimate_without_a_draft_takes_a_time_too()
    {
        var admin = await Account("cover-3");
        var recipients = Enumerable.Range(0, 100).Select(n => $"0412{n:000000}").ToArray();
        var now = (await admin.Post("/v1/accounts/cover-3/messages/estimate", new { text = "Hello", recipients })).Ok();
        Assert.Equal((true, 120, 0), (now.Json["covered"]!.GetValue<bool>(), now.Number("availableThen"), now.Number("shortfall")));
        Assert.Null(now.Json["scheduledAt"]);
        Assert.Null(now.Json["buy"]);
        var later = (await admin.Post("/v1/accounts/cover-3/messages/estimate", new { text = "Hello", recipients, scheduledAt = api.Now().AddDays(3) })).Ok();
        Assert.Equal((false, 40, 60), (later.Json["covered"]!.GetValue<bool>(), later.Number("availableThen"), later.Number("shortfall")));
        Assert.Equal(100, later.Json["buy"]!["credits"]!.GetValue<long>());
        (await admin.PostText("/v1/accounts/cover-3/messages/estimate", """{"text":"t","recipients":[],"scheduledAt":"soon"}""")).Problem(400, "validation", "scheduledAt");
    }

    // 80 credits until tomorrow and 40 for longer.
    private async Task<Client> Account(string account)
    {
        var admin = await api.AccountWith(40, account);
        var staff = await api.SignIn(account, "operator");
        (await staff.Post($"/v1/operator/accounts/{account}/grants", new { credits = 80, reason = "r", expiresAt = api.Now().AddDays(1) }, "soon")).Ok();
        return admin;
    }

    private static async Task<Reply> Draft(Client admin, string account, int people, DateTimeOffset at) => (await admin.Post(
        $"/v1/accounts/{account}/campaigns", new { name = "n", text = "Hello", recipients = Enumerable.Range(0, people).Select(n => $"0412{n:000000}"), scheduledAt = at }, "c")).Ok();
}
