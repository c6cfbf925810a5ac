using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class BadInputTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Theory]
    [InlineData("""{"credits":0}""")]
    [InlineData("""{"credits":-5}""")]
    [InlineData("""{"credits":99}""")]
    [InlineData("""{"credits":999999999999}""")]
    [InlineData("""{"credits":99999999999999999999999}""")]
    [InlineData("""{"credits":1e300}""")]
    [InlineData("""{"credits":10.5}""")]
    [InlineData("""{"credits":"1000"}""")]
    [InlineData("""{"credits":"many"}""")]
    [InlineData("""{"credits":null}""")]
    [InlineData("""{"credits":true}""")]
    [InlineData("""{"credits":[1000]}""")]
    [InlineData("""{"credits":{}}""")]
    [InlineData("{}")]
    public async Task A_quantity_that_can_not_be_bought_names_the_field(string body) =>
        (await (await api.SignIn("bad-1")).PostText("/v1/accounts/bad-1/quotes", body)).Problem(400, "validation", "credits");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("not json")]
    public async Task A_body_that_is_no_object_is_refused(string body) =>
        (await (await api.SignIn("bad-1")).PostText("/v1/accounts/bad-1/quotes", body)).Problem(400, "validation", "body");

    [Fact]
    public async Task A_body_of_another_kind_is_refused() =>
        (await (await api.SignIn("bad-1")).PostText("/v1/accounts/bad-1/quotes", "credits=1000", "application/x-www-form-urlencoded")).Problem(415, "unsuitable-request");

    [Theory]
    [InlineData("[5]", 0)]
    [InlineData("[\"0412345678\",[]]", 1)]
    [InlineData("[{\"to\":5}]", 0)]
    [InlineData("[\"0412345678\",{\"to\":\"0412345679\",\"fields\":{\"name\":1}}]", 1)]
    public async Task A_recipient_that_can_not_be_read_is_named_by_its_place(string recipients, int place) =>
        (await (await api.SignIn("bad-1")).PostText("/v1/accounts/bad-1/campaigns", $$"""{"name":"n","text":"t","recipients":{{recipients}}}"""))
        .Problem(400, "validation", $"recipients[{place}]");

    [Theory]
    [InlineData("ledger?after=x", "after")]
    [InlineData("ledger?after=-1", "after")]
    [InlineData("ledger?after=99999999999999999999", "after")]
    [InlineData("ledger?limit=0", "limit")]
    [InlineData("ledger?limit=1001", "limit")]
    [InlineData("ledger?limit=ten", "limit")]
    [InlineData("campaigns?limit=101", "limit")]
    [InlineData("campaigns?after=-1", "after")]
    public async Task A_page_that_can_not_be_had_names_the_parameter(string path, string field) =>
        (await (await api.SignIn("bad-1")).Get($"/v1/accounts/bad-1/{path}")).Problem(400, "validation", field);

    [Theory]
    [InlineData("""{"credits":0,"reason":"r"}""", "credits")]
    [InlineData("""{"credits":-1,"reason":"r"}""", "credits")]
    [InlineData("""{"credits":1000000001,"reason":"r"}""", "credits")]
    [InlineData("""{"credits":9223372036854775807,"reason":"r"}""", "credits")]
    [InlineData("""{"reason":"r"}""", "credits")]
    [InlineData("""{"credits":1}""", "reason")]
    [InlineData("""{"credits":1,"reason":" "}""", "reason")]
    [InlineData("""{"credits":1,"reason":"r","source":"purchase"}""", "source")]
    [InlineData("""{"credits":1,"reason":"r","source":"gift"}""", "source")]
    [InlineData("""{"credits":1,"reason":"r","source":3}""", "source")]
    [InlineData("""{"credits":1,"reason":"r","expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"credits":1,"reason":"r","expiresAt":"tomorrow"}""", "expiresAt")]
    public async Task A_grant_that_can_not_be_names_the_field(string body, string field) =>
        (await (await api.SignIn("bad-2", "operator")).PostText("/v1/operator/accounts/bad-2/grants", body, key: "k")).Problem(400, "validation", field);

    [Theory]
    [InlineData("""{"threshold":10,"credits":100}""", "enabled")]
    [InlineData("""{"enabled":"yes","threshold":10,"credits":100}""", "enabled")]
    [InlineData("""{"enabled":true,"credits":100}""", "threshold")]
    [InlineData("""{"enabled":true,"threshold":-1,"credits":100}""", "threshold")]
    [InlineData("""{"enabled":true,"threshold":10}""", "credits")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":0}""", "credits")]
    [InlineData("""{"enabled":true,"threshold":500,"credits":100}""", "credits", "may not be less than the threshold")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":99}""", "credits", "One purchase is 100 to 1,000,000 credits.")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":1000001}""", "credits", "One purchase is 100 to 1,000,000 credits.")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":100,"monthlyCap":0}""", "monthlyCap")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":100,"monthlyCap":1044}""", "monthlyCap", "One top-up costs 1045 cents")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":100,"monthlyCap":"lots"}""", "monthlyCap")]
    [InlineData("""{"enabled":true,"threshold":10,"credits":100,"monthlyCap":{"amount":100,"currency":"USD"}}""", "monthlyCap")]
    public async Task Settings_that_can_not_be_name_the_field(string body, string field, string says = "")
    {
        var admin = await api.SignIn("bad-3");
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/accounts/bad-3/auto-top-up") { Content = new StringContent(body, null, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await admin.Http.SendAsync(request);
        var refused = new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, new Dictionary<string, string>())
            .Problem(400, "validation", field);
        Assert.Contains(says, refused.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/accounts/bad-1")]
    [InlineData("/v1/accounts/bad-1/purchases/no-such")]
    [InlineData("/v1/accounts/bad-1/purchases/..%2F..%2Fx")]
    [InlineData("/v1/accounts/bad-1/campaigns/no-such")]
    [InlineData("/sandbox/nothing")]
    public async Task An_address_where_nothing_is_says_so(string path) =>
        (await (await api.SignIn("bad-1")).Get(path)).Problem(404, "not-found");

    [Theory]
    [InlineData("POST", "/v1/nothing")]
    [InlineData("PUT", "/v1/nothing/at/all")]
    [InlineData("DELETE", "/v1/accounts/bad-1")]
    [InlineData("PATCH", "/v1/accounts/bad-1/creditz")]
    [InlineData("POST", "/v1")]
    [InlineData("POST", "/sandbox/nothing")]
    public async Task Nothing_is_there_for_any_other_method_either(string method, string path)
    {
        var refused = await (await api.SignIn("bad-1")).Send(new(method), path);
        refused.Problem(404, "not-found");
        Assert.DoesNotContain("Allow", refused.Headers.Keys);
    }

    [Theory]
    [InlineData("DELETE", "/v1/accounts/bad-1/credits", "GET")]
    [InlineData("DELETE", "/v1/accounts/bad-1/cards", "GET,POST")]
    [InlineData("POST", "/v1/accounts/bad-1/auto-top-up", "GET,PUT")]
    [InlineData("POST", "/v1/pricing", "GET")]
    [InlineData("PUT", "/sandbox/token", "POST")]
    public async Task A_method_that_an_address_does_not_have_is_refused_with_those_it_has(string method, string path, string allow)
    {
        var refused = await (await api.SignIn("bad-1")).Send(new(method), path);
        refused.Problem(405, "unsuitable-request");
        Assert.Equal(allow, refused.Headers["Allow"]);
    }

    [Theory]
    [InlineData("""{"userId":"u","role":"admin"}""", "accountId")]
    [InlineData("""{"accountId":"a/b","userId":"u","role":"admin"}""", "accountId")]
    [InlineData("""{"accountId":"a","role":"admin"}""", "userId")]
    [InlineData("""{"accountId":"a","userId":"u","role":"owner"}""", "role")]
    [InlineData("""{"accountId":"a","userId":"u"}""", "role")]
    public async Task A_token_for_nobody_is_refused(string body, string field) =>
        (await api.Anonymous().PostText("/sandbox/token", body)).Problem(400, "validation", field);

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"seconds":0}""")]
    [InlineData("""{"seconds":-1}""")]
    [InlineData("""{"seconds":0.0001}""")]
    [InlineData("""{"seconds":99999999999}""")]
    [InlineData("""{"seconds":"soon"}""")]
    public async Task The_clock_only_moves_forward_and_not_too_far(string body) =>
        (await api.Anonymous().PostText("/sandbox/clock/advance", body)).Problem(400, "validation", "seconds");

    [Theory]
    [InlineData("""{"number":"42","expMonth":1,"expYear":2031}""", "number")]
    [InlineData("""{"number":"4242424242424242","expMonth":13,"expYear":2031}""", "expMonth")]
    [InlineData("""{"number":"4242424242424242","expMonth":1}""", "expYear")]
    [InlineData("""{"number":"4242424242424241","expMonth":1,"expYear":2031}""", "number")]
    public async Task A_test_card_that_is_none_names_the_field(string body, string field) =>
        (await api.Anonymous().PostText("/sandbox/accounts/bad-1/cards", body)).Problem(400, "validation", field);
}
