using Connect.Testing;
using Xunit.Abstractions;

namespace Connect.Cluster.Tests;

public sealed class WalkTests(ITestOutputHelper output)
{
    [Fact]
    public Task The_main_job_from_end_to_end_stops_at_exactly_the_right_recipient_and_lets_the_rest_expire() => new Walk(output.WriteLine, kills: false).Run();

    [Fact]
    public Task The_main_job_survives_kill_9_in_the_middle_of_a_send_and_of_a_purchase() => new Walk(output.WriteLine, kills: true).Run();
}
