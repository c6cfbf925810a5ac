using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Connect.Api.Tests.Support;

namespace Connect.Api.Tests;

/// <summary>Lists as people and programs send them.</summary>
[Collection(SharedApi.Name)]
public sealed class ImportTests(ApiFixture fixture)
{
    private readonly RunningApi api = fixture.Api;

    [Theory]
    [InlineData("to,name\n0412345678,Ann\n0412345679,Bob\n", "Hi Ann|Hi Bob")]
    [InlineData("\uFEFFto,name\r\n0412345678,Ann\r\n\r\n0412345679,Bob", "Hi Ann|Hi Bob")]
    [InlineData("Name;To\r\nAnn;0412345678\r\nBob;0412345679\r\n;\r\n", "Hi Ann|Hi Bob")]
    [InlineData("to;name\n0412345678;Lee, Ann, A\n0412345679;Ray, Bob, B", "Hi Lee, Ann, A|Hi Ray, Bob, B")]
    [InlineData("sep=;\r\nto;name\r\n0412345678;Ann", "Hi Ann")]
    [InlineData("Name\tMOBILE\nAnn\t0412345678", "Hi Ann")]
    [InlineData("number,phone,mobile,name\n1,2,0412345678,Ann", "Hi Ann")]
    [InlineData("to,name\n0412345678,\"Ann\nLee\"\n0412345679,\"say \"\"Bob\"\"\"", "Hi Ann\nLee|Hi say \"Bob\"")]
    [InlineData("to,name,remark,remark,\n0412345678,Ann,a,b,\n", "Hi Ann")]
    [InlineData("to , NAME\n 0412345678 , Ann ,,\n", "Hi Ann")]
    public async Task A_csv_is_read_however_a_spreadsheet_wrote_it(string csv, string texts)
    {
        var account = "csv-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(csv)))[..12];
        var admin = await api.AccountWith(10, account);
        var draft = (await admin.PostText($"/v1/accounts/{account}/campaigns?name=n&text=Hi%20%7Bname%7D", csv, "text/csv")).Ok();
        (await admin.Post($"/v1/accounts/{account}/campaigns/{draft.Text("id")}/send", null, "s")).Ok();
        await Poll.Until(async () => (await admin.Get($"/v1/accounts/{account}/campaigns/{draft.Text("id")}")).Text("status") == "completed", "it is sent");
        var sms = (await api.Anonymous().Get($"/sandbox/sms?campaignId={draft.Text("id")}")).Ok().Json["messages"]!.AsArray();
        Assert.Equal(texts.Split('|').Order(StringComparer.Ordinal), sms.Select(message => message!["text"]!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("2096-02-20T09:00:00Z", "2096-02-20T09:00:00+00:00")]
    [InlineData("2096-02-20T09:00:00%2B10:00", "2096-02-20T09:00:00+10:00")]
    [InlineData("02/03/2096", null)]
    [InlineData("10:00", null)]
    [InlineData("20 Feb 2096", null)]
    [InlineData("2096-02-20T09:00:00+10:00", null)]
    public async Task The_time_of_a_csv_is_read_as_json_writes_times_and_no_other_way_is_guessed_at(string asked, string? at)
    {
        var admin = await api.SignIn("csv-time");
        var reply = await admin.PostText($"/v1/accounts/csv-time/campaigns?name=n&text=t&scheduledAt={asked}", "to\n0412345678", "text/csv");
        if (at is null)
            reply.Problem(400, "validation", "scheduledAt");
        else
            Assert.Equal(at, reply.Ok().Text("scheduledAt"));
    }

    [Fact]
    public async Task A_row_that_is_too_long_to_be_one_is_said_to_be_so()
    {
        var admin = await api.SignIn("csv-long");
        var reply = await admin.PostText("/v1/accounts/csv-long/campaigns?name=n&text=t", "to,name\n0412345678,Ann\n0412345679," + new string('x', 1024 * 1024) + "\n", "text/csv");
        Assert.Contains("Line 3 can not be read: ", reply.Problem(400, "validation", "recipients[1]").Text("detail"), StringComparison.Ordinal);
        Assert.Contains("the row is longer than 64 KB", reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_can_not_be_read_keep_their_place_and_say_why_and_the_import_goes_on()
    {
        var admin = await api.SignIn("rows-1");
        var csv = "to,name,remark\n0412345678,Ann,\n0412345679\n,Bob,\n0412345680,Cy,x,y\n0412345681," + new string('x', 481) + ",\n0412345682,Di," + new string('r', 2_000) + "\n=cmd|' /C calc',E,\n";
        var draft = (await admin.PostText("/v1/accounts/rows-1/campaigns?name=Friday%20%2F%20n%C3%A9&text=Hi%20%7Bname%7D", csv, "text/csv", "c")).Ok();
        Assert.Equal((7, 5, 2, false), (draft.Number("total"), draft.Number("skipped"), draft.Number("creditsNeeded"), draft.Json["importing"]!.GetValue<bool>()));
        var by = draft.Json["skippedBy"]!;
        Assert.Equal((2, 3), (by["invalidNumber"]!.GetValue<int>(), by["unreadable"]!.GetValue<int>()));

        var path = $"/v1/accounts/rows-1/campaigns/{draft.Text("id")}";
        var unreadable = (await admin.Get(path + "/recipients?status=skipped_unreadable")).Ok().Json["recipients"]!.AsArray();
        Assert.Equal(
            [(1, "column_count"), (3, "column_count"), (4, "field_too_long")], unreadable.Select(row => (row!["row"]!.GetValue<int>(), row["problem"]!.GetValue<string>())));
        Assert.Equal([0, 5], (await admin.Get(path + "/recipients?status=remaining")).Ok().Json["recipients"]!.AsArray().Select(row => row!["row"]!.GetValue<int>()));
        (await admin.Get(path + "/recipients?status=gone")).Problem(400, "validation", "status");
        (await admin.Get(path + "/recipients.csv?status=gone")).Problem(400, "validation", "status");

        var file = (await admin.Get(path + "/recipients.csv")).Ok();
        Assert.Equal(
            """
            row,to,status,credits,delivery,reason
            0,+61412345678,pending,1,,
            1,0412345679,skipped_unreadable,0,,column_count
            2,,skipped_invalid_number,0,,
            3,0412345680,skipped_unreadable,0,,column_count
            4,0412345681,skipped_unreadable,0,,field_too_long
            5,+61412345682,pending,1,,
            6,"'=cmd|' /C calc'",skipped_invalid_number,0,,

            """.ReplaceLineEndings("\r\n"),
            file.Body);
        Assert.Equal("text/csv", file.MediaType);
        Assert.Contains("filename*=UTF-8''Friday%20-%20n%C3%A9.csv", file.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal("row,to,status,credits,delivery,reason\r\n5", (await admin.Get(path + "/recipients.csv?status=pending")).Ok().Body.Replace("0,+61412345678,pending,1,,\r\n", "", StringComparison.Ordinal)[..40]);
        var other = await api.SignIn("rows-2");
        (await other.Get($"/v1/accounts/rows-2/campaigns/{draft.Text("id")}/recipients.csv")).Problem(404, "not-found");
        (await other.Get(path + "/recipients.csv")).Problem(403, "account-access-denied");
    }

    [Fact]
    public async Task Json_members_come_in_any_order_and_what_is_not_known_is_passed_over()
    {
        var admin = await api.SignIn("json-1");
        // A field that the text does not use may be as long as it likes.
        var rows = string.Join(",", Enumerable.Range(0, 4_000).Select(n =>
            $$"""{"fields":{"name":"Guest \u00e9 {{n}}","other":"{{new string('y', n % 2 * 700)}}" },"to":"04{{n:00000000}}"}"""));
        var body = $$$"""{"extra":[{"a":[1,2,{}]},[]],"recipients":[{{{rows}}}],"note":null,"more":{"x":{"name":"no"}},"TEXT":"Hi {name}","n":1.5,"name":"late","scheduledAt":null}  """;
        var draft = (await admin.PostText("/v1/accounts/json-1/campaigns", body, key: "c")).Ok();
        Assert.Equal(("late", "Hi {name}", 4_000, 4_000), (draft.Text("name"), draft.Text("text"), draft.Number("total"), draft.Number("creditsNeeded")));
        Assert.Equal(draft.Body, (await admin.PostText("/v1/accounts/json-1/campaigns", body, key: "c")).Ok().Body);
        Assert.Equal(4_000, (await admin.PostBytes("/v1/accounts/json-1/campaigns", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)], "application/json")).Ok().Number("total"));
    }

    public static TheoryData<string, string> Unreadable => new()
    {
        { """{"name":"n","text":"t","recipients":["0412345678","041""", "recipients[1]" },
        { """{"name":"n","text":"t","recipients":["0412345678",""", "recipients[1]" },
        { """{"name":"n","text":"t","recipients":["0412345678"]""", "body" },
        { """{"name":"n","text":"t","recipients":["0412345678"]} {}""", "body" },
        { """{"name":"n","text":"t","recipients":["0412345678"],"recipients":["0412345679"]}""", "recipients" },
        { """{"name":"n","text":"t","recipients":["0412345678",{"to":"0412345679","fields":{"a":["x"]}}]}""", "recipients[1]" },
        { """{"name":"n","text":"t","recipients":["0412345678" "0412345679"]}""", "recipients[1]" },
        { """{"name":"n","text":"t","recipients":["\ud800"]}""", "recipients[0]" },
        { """{"name":"n","text":"t","recipients":[{"to":"041","x":"@"}]}""".Replace("@", new string('x', 300_000), StringComparison.Ordinal), "recipients[0]" },
        { """{"name":{},"text":"t","recipients":["0412345678"]}""", "name" },
        { """{"name":"n","text":"t","recipients":[{"to":"@"}]}""".Replace("@", new string('1', 65), StringComparison.Ordinal), "recipients[0]" },
        { "{", "body" },
        { "", "body" },
        { "[]", "body" },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public async Task A_json_that_can_not_be_read_makes_no_draft(string body, string field)
    {
        var admin = await api.SignIn("json-2");
        (await admin.PostText("/v1/accounts/json-2/campaigns", body)).Problem(400, "validation", field);
        Assert.Empty((await admin.Get("/v1/accounts/json-2/campaigns")).Ok().Json["campaigns"]!.AsArray());
    }

    [Fact]
    public async Task A_million_recipients_and_one_are_too_many()
    {
        var admin = await api.SignIn("json-3");
        var body = new StringBuilder("""{"name":"n","text":"t","recipients":[1""").Replace("1", "\"1\"");
        body.Insert(body.Length, ",\"1\"", 1_000_000).Append("]}");
        (await admin.PostText("/v1/accounts/json-3/campaigns", body.ToString())).Problem(400, "validation", "recipients");
    }

    [Fact]
    public async Task A_list_that_breaks_off_leaves_nothing_that_could_be_sent()
    {
        var admin = await api.SignIn("broken-1");
        using (var connection = await Connect())
        {
            var rows = string.Concat(Enumerable.Range(0, 2_500).Select(n => $"04{n:00000000}\n"));
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head(admin, "/v1/accounts/broken-1/campaigns?name=n&text=t", 1_000_000) + "to\n" + rows));
            await Poll.Until(async () => await Campaigns() is { Count: 1 } some && some[0]!["total"]!.GetValue<int>() > 0, "rows have arrived");
            var draft = (await Campaigns())[0]!;
            Assert.Equal(("draft", true), (draft["status"]!.GetValue<string>(), draft["importing"]!.GetValue<bool>()));
            (await admin.Post($"/v1/accounts/broken-1/campaigns/{draft["id"]}/send", null, "s")).Problem(409, "campaign-importing");
        }
        await Poll.Until(async () => (await Campaigns())[0]!["status"]!.GetValue<string>() == "canceled", "the draft is cancelled");

        async Task<JsonArray> Campaigns() => (await admin.Get("/v1/accounts/broken-1/campaigns")).Ok().Json["campaigns"]!.AsArray();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_as_such()
    {
        var admin = await api.SignIn("large-1");
        using var connection = await Connect();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head(admin, "/v1/accounts/large-1/campaigns?name=n&text=t", 300L * 1024 * 1024)));
        using var reader = new StreamReader(connection.GetStream());
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync());
        var answer = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && !line.Contains("body-too-large", StringComparison.Ordinal))
            answer.AppendLine(line);
        Assert.Contains("application/problem+json", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_request_twice_at_once_makes_one_draft_with_each_row_once()
    {
        var admin = await api.SignIn("twice-1");
        var csv = "to\n" + string.Concat(Enumerable.Range(0, 6_000).Select(n => $"04{n:00000000}\n"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => admin.PostText("/v1/accounts/twice-1/campaigns?name=n&text=t", csv, "text/csv", "same")));
        Assert.Contains(replies, reply => (int)reply.Status == 201);
        Assert.All(replies, reply => Assert.True((int)reply.Status == 201 || reply.Problem(409, "idempotency-key-in-use") is not null));
        var draft = Assert.Single((await admin.Get("/v1/accounts/twice-1/campaigns")).Ok().Json["campaigns"]!.AsArray())!;
        Assert.Equal((6_000, 0), (draft["total"]!.GetValue<int>(), draft["skipped"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_duplicate_takes_what_it_is_asked_for()
    {
        var admin = await api.AccountWith(2, "dup-1");
        var draft = (await admin.Post("/v1/accounts/dup-1/campaigns", new { name = "n", text = "t", recipients = new[] { "0412345671", "0412345672", "x", "0412345673" } }, "c")).Ok();
        var path = $"/v1/accounts/dup-1/campaigns/{draft.Text("id")}";
        (await admin.Post(path + "/send", null, "s")).Ok();
        await Poll.Until(async () => (await admin.Get(path)).Text("status") == "stopped_out_of_credits", "it stops");
        Assert.Equal((1, "n (remaining)"), (await admin.Post(path + "/duplicate", null, "d1")).Ok() is var rest ? (rest.Number("total"), rest.Text("name")) : default);
        Assert.Equal((4, "n (copy)"), (await admin.Post(path + "/duplicate", new { of = "all" }, "d2")).Ok() is var all ? (all.Number("total"), all.Text("name")) : default);
        (await admin.Post(path + "/duplicate", new { of = "failed" }, "d3")).Problem(409, "nothing-to-duplicate");
        (await admin.Post(path + "/duplicate", new { of = "some" }, "d4")).Problem(400, "validation", "of");
        (await admin.Post(path + "/duplicate", new { of = "remaining" }, "d2")).Problem(422, "operation-id-reused");
    }

    private async Task<TcpClient> Connect()
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(api.Address.Host, api.Address.Port);
        return connection;
    }

    private static string Head(Client client, string path, long length) =>
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {client.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\n\r\n";
}
