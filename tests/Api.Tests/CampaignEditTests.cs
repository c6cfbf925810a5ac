using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class CampaignEditTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task A_draft_gets_another_name_text_and_time_and_costs_what_the_new_text_costs()
    {
        var admin = await api.AccountWith(500, "edit-1");
        var draft = await Draft(admin, "edit-1");
        Assert.Equal(2, draft.Number("creditsNeeded"));
        var at = api.Now().AddDays(2);

        var edited = (await Edit(admin, "edit-1", draft, new { name = "Saturday", text = "Hi {name|you} " + new string('a', 160), scheduledAt = at })).Ok();
        Assert.Equal(("draft", "Saturday", 4, false), (edited.Text("status"), edited.Text("name"), edited.Number("creditsNeeded"), edited.Json["counting"]!.GetValue<bool>()));
        Assert.Equal(at, edited.Json["scheduledAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal(4, (await admin.Get(Path("edit-1", draft, "/estimate"))).Ok().Number("credits"));

        (await Edit(admin, "edit-1", draft, new { text = "Hi {name|you}" })).Ok();
        (await admin.Post(Path("edit-1", draft, "/send"), null, "s")).Ok();
        var scheduled = (await Edit(admin, "edit-1", draft, new { name = "Sunday" })).Ok();
        Assert.Equal(("scheduled", "Sunday", "Hi {name|you}"), (scheduled.Text("status"), scheduled.Text("name"), scheduled.Text("text")));
        Assert.Equal(at, scheduled.Json["scheduledAt"]!.GetValue<DateTimeOffset>());
        var cleared = (await Edit(admin, "edit-1", draft, new { scheduledAt = (DateTimeOffset?)null })).Ok();
        Assert.Equal("draft", cleared.Text("status"));
        Assert.Null(cleared.Json["scheduledAt"]);

        (await admin.Post(Path("edit-1", draft, "/send"), null, "s2")).Ok();
        await Poll.Until(async () => (await admin.Get(Path("edit-1", draft))).Text("status") == "completed", "the campaign is sent");
        Assert.Equal(498, (await admin.Get("/v1/accounts/edit-1/credits")).Number("available"));
        var texts = (await api.Anonymous().Get($"/sandbox/sms?campaignId={draft.Text("id")}")).Ok().Json["messages"]!.AsArray().Select(sms => sms!["text"]!.GetValue<string>());
        Assert.Equal(["Hi Ann", "Hi you"], texts.Order());
        (await Edit(admin, "edit-1", draft, new { name = "Monday" })).Problem(409, "campaign-ended");
    }

    [Theory]
    [InlineData("""{"name":""}""", 400, "validation", "name")]
    [InlineData("""{"name":5}""", 400, "validation", "name")]
    [InlineData("""{"text":""}""", 400, "validation", "text")]
    [InlineData("""{"text":"Hi {surname}"}""", 400, "validation", "text")]
    [InlineData("""{"scheduledAt":"2020-01-01T00:00:00Z"}""", 400, "validation", "scheduledAt")]
    [InlineData("""{"scheduledAt":"soon"}""", 400, "validation", "scheduledAt")]
    [InlineData("[]", 400, "validation", "body")]
    [InlineData("null", 400, "validation", "body")]
    public async Task A_change_that_can_not_be_made_names_its_field_and_changes_nothing(string body, int status, string type, string field)
    {
        var admin = await api.SignIn("edit-2");
        var draft = await Draft(admin, "edit-2");
        (await admin.PatchText(Path("edit-2", draft), body)).Problem(status, type, field);
        var after = (await admin.Get(Path("edit-2", draft))).Ok();
        Assert.Equal(draft.Body, after.Body);
    }

    [Fact]
    public async Task A_text_of_more_than_three_parts_is_refused()
    {
        var admin = await api.SignIn("edit-3");
        var draft = await Draft(admin, "edit-3");
        (await Edit(admin, "edit-3", draft, new { text = new string('a', 481) })).Problem(422, "message-too-long", "text");
    }

    [Fact]
    public async Task Nothing_said_changes_nothing()
    {
        var admin = await api.SignIn("edit-4");
        var draft = await Draft(admin, "edit-4");
        Assert.Equal(draft.Body, (await Edit(admin, "edit-4", draft, new { })).Ok().Body);
    }

    [Fact]
    public async Task Only_who_may_write_campaigns_of_the_account_changes_them()
    {
        var draft = await Draft(await api.SignIn("edit-5"), "edit-5");
        (await Edit(await api.SignIn("edit-5", "member"), "edit-5", draft, new { name = "By a member" })).Ok();
        (await Edit(await api.SignIn("edit-x"), "edit-5", draft, new { name = "n" })).Problem(403, "account-access-denied");
        (await Edit(await api.SignIn("edit-5", "operator"), "edit-5", draft, new { name = "n" })).Problem(403, "account-access-denied");
        (await Edit(api.Anonymous(), "edit-5", draft, new { name = "n" })).Problem(401, "sign-in-required");
        (await (await api.SignIn("edit-5")).PatchText("/v1/accounts/edit-5/campaigns/none", """{"name":"n"}""")).Problem(404, "not-found");
    }

    private static Task<Reply> Edit(Client client, string account, Reply draft, object change) =>
        client.PatchText(Path(account, draft), System.Text.Json.JsonSerializer.Serialize(change));

    private static async Task<Reply> Draft(Client client, string account) => (await client.Post($"/v1/accounts/{account}/campaigns", new
    {
        name = "Friday", text = "Hi {name}", recipients = new object[] { new { to = "0412345678", fields = new { name = "Ann" } }, new { to = "0412345679" } },
    })).Ok();

    private static string Path(string account, Reply draft, string more = "") => $"/v1/accounts/{account}/campaigns/{draft.Text("id")}{more}";
}
