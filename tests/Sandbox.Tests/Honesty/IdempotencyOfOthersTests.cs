using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Connect.Sandbox.Tests.StripeSandbox;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>The same requests with the same idempotency keys to the sandbox and to somebody else's mock: where they agree, and where and why not.</summary>
public sealed class IdempotencyOfOthersTests(MockOfOthers theirs) : IClassFixture<MockOfOthers>, IAsyncLifetime
{
    private static int _sequences;

    private StripeSandboxHost _ours = null!;

    public async Task InitializeAsync() => _ours = await StripeSandboxHost.StartAsync();

    public async Task DisposeAsync() => await _ours.DisposeAsync();

    [Fact]
    public async Task The_same_request_is_answered_with_the_first_answer() => await AgreeAsync(
        ["200 new", "200 replayed, same as 1"],
        new("/v1/customers", "name=Ana", "k1"), new("/v1/customers", "name=Ana", "k1"));

    [Fact]
    public async Task Other_parameters_are_refused_and_the_first_ones_still_replayed() => await AgreeAsync(
        ["200 new", "400 idempotency_error", "200 replayed, same as 1"],
        new("/v1/customers", "name=Ana", "k1"), new("/v1/customers", "name=Ben", "k1"), new("/v1/customers", "name=Ana", "k1"));

    [Fact]
    public async Task More_and_fewer_parameters_are_other_parameters() => await AgreeAsync(
        ["200 new", "400 idempotency_error", "400 idempotency_error"],
        new("/v1/customers", "name=Ana&metadata[a]=1", "k1"), new("/v1/customers", "name=Ana&metadata[a]=1&metadata[b]=2", "k1"), new("/v1/customers", "name=Ana", "k1"));

    [Fact]
    public async Task The_order_of_parameters_does_not_matter() => await AgreeAsync(
        ["200 new", "200 replayed, same as 1"],
        new("/v1/customers", "name=Ana&description=Venue", "k1"), new("/v1/customers", "description=Venue&name=Ana", "k1"));

    [Fact]
    public async Task A_refusal_is_replayed() => await AgreeAsync(
        ["404 new", "404 replayed, same as 1"],
        new("/v1/customers/cus_nobody", "name=Ana", "k1"), new("/v1/customers/cus_nobody", "name=Ana", "k1"));

    [Fact]
    public async Task A_refusal_with_other_parameters_is_refused_as_such() => await AgreeAsync(
        ["404 new", "400 idempotency_error"],
        new("/v1/customers/cus_nobody", "name=Ana", "k1"), new("/v1/customers/cus_nobody", "name=Ben", "k1"));

    [Fact]
    public async Task Without_a_key_and_with_another_key_it_is_another_request() => await AgreeAsync(
        ["200 new", "200 new", "200 new", "200 new"],
        new("/v1/customers", "name=Ana", "k1"), new("/v1/customers", "name=Ana", "k2"), new("/v1/customers", "name=Ana", null), new("/v1/customers", "name=Ana", null));

    [Fact]
    public async Task A_key_used_without_authorization_is_still_unused() => await AgreeAsync(
        ["401 new", "200 new"],
        new("/v1/customers", "name=Ana", "k1") { Key = "" }, new("/v1/customers", "name=Ana", "k1"));

    // Stripe documents that a key belongs to one endpoint, and answers so. The mock makes the path a part of its key.
    [Fact]
    public async Task A_key_on_another_path_is_refused_by_stripe_and_the_sandbox_but_not_by_the_mock()
    {
        Request[] requests = [new("/v1/customers", "name=Ana", "k1"), new("/v1/customers/cus_nobody", "name=Ana", "k1")];
        Assert.Equal(["200 new", "400 idempotency_error"], await OutcomesAsync(_ours.BaseUrl, requests));
        Assert.Equal(["200 new", "404 new"], await OutcomesAsync(theirs.BaseUrl, requests));
    }

    // Stripe documents that keys have no effect on GET. The mock keeps the answers to those too.
    [Fact]
    public async Task A_key_has_no_effect_on_get_in_stripe_and_the_sandbox_but_has_in_the_mock()
    {
        Request[] requests = [new("/v1/customers/cus_nobody", "", "k1") { Method = "GET" }, new("/v1/customers/cus_nobody", "", "k1") { Method = "GET" }];
        Assert.Equal(["404 new", "404 new"], await OutcomesAsync(_ours.BaseUrl, requests));
        Assert.Equal(["404 new", "404 replayed, same as 1"], await OutcomesAsync(theirs.BaseUrl, requests));
    }

    private async Task AgreeAsync(string[] expected, params Request[] requests)
    {
        Assert.Equal(expected, await OutcomesAsync(theirs.BaseUrl, requests));
        Assert.Equal(expected, await OutcomesAsync(_ours.BaseUrl, requests));
    }

    // The status, whether the answer says it is a replay, and of what.
    private static async Task<List<string>> OutcomesAsync(string baseUrl, Request[] requests)
    {
        // The mock serves all the tests, so each sequence has keys of its own.
        var sequence = Interlocked.Increment(ref _sequences);
        using var http = new HttpClient();
        var outcomes = new List<string>();
        var seen = new List<(string Body, string? Id)>();
        foreach (var request in requests)
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), baseUrl + request.Path);
            if (request.Method != "GET")
                message.Content = new StringContent(request.Form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
            if (request.Key.Length > 0)
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Key);
            if (request.IdempotencyKey is not null)
                message.Headers.Add("Idempotency-Key", $"{sequence}:{request.IdempotencyKey}");
            using var response = await http.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            var isReplay = response.Headers.TryGetValues("Idempotent-Replayed", out var replayed) && replayed.Single() == "true";
            var original = response.Headers.TryGetValues("Original-Request", out var first) ? first.Single() : null;
            var of = seen.FindIndex(earlier => earlier.Body == body && earlier.Id == original) + 1;
            var isMismatch = (string?)JsonNode.Parse(body)!["error"]?["type"] == "idempotency_error";
            outcomes.Add($"{(int)response.StatusCode} {(isMismatch ? "idempotency_error" : isReplay ? $"replayed, same as {of}" : "new")}");
            seen.Add((body, response.Headers.TryGetValues("Request-Id", out var own) ? own.Single() : null));
        }

        return outcomes;
    }

    private sealed record Request(string Path, string Form, string? IdempotencyKey)
    {
        public string Method { get; init; } = "POST";

        public string Key { get; init; } = "sk_test_sandbox";
    }
}
